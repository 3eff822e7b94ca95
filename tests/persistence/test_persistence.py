"""Models saved and loaded: the same predictions, the same training afterwards, nothing run."""

import copy
import os
import zipfile
from unittest.mock import patch

import numpy as np
import pytest
import skops.io
import torch
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler
from skorch.callbacks import Callback

from sklearn_ffrnn import (
    BPTTRNNClassifier,
    FFRNNClassifier,
    MixedNegativeSampler,
    SigmaLognormalNegativeSampler,
    TrajectoryAugmenter,
    VelocityTransformer,
    load,
    save,
)
from sklearn_ffrnn.persistence._checksum import with_checksum
from sklearn_ffrnn.sigma_lognormal import SigmaLognormalTransformer

MODELS = {
    "defaults": (FFRNNClassifier, {}, 2),
    "two thresholds": (FFRNNClassifier, {"threshold": ([2.0, 3.0], 1.0)}, 2),
    "automatic threshold": (FFRNNClassifier, {"threshold": "auto"}, 2),
    "sum": (
        FFRNNClassifier,
        {"goodness": "sum", "objective": "logistic", "threshold": np.array([4, 5])},
        2,
    ),
    "float64": (
        FFRNNClassifier,
        {"dtype": "float64", "normalization": None, "calibrate": False},
        2,
    ),
    "bfloat16": (FFRNNClassifier, {"dtype": "mixed_bfloat16"}, 2),
    "three classes": (FFRNNClassifier, {}, 3),
    "BPTT": (BPTTRNNClassifier, {"dropout": 0.5}, 2),
    "BPTT, mean": (BPTTRNNClassifier, {"pooling": "mean"}, 2),
    "BPTT, three classes": (BPTTRNNClassifier, {"pooling": "last"}, 3),
}


@pytest.fixture
def path(tmp_path):
    return tmp_path / "model.skops"


@pytest.fixture
def there_and_back(path):
    def go(model):
        save(model, path)
        return load(path)

    return go


def tiny(cls, **settings):
    return cls(**{"hidden_layer_sizes": (4, 3), "max_iter": 2, "random_state": 0, **settings})


@pytest.fixture(scope="session")
def fitted(sequences):
    return tiny(FFRNNClassifier).fit(*sequences)


@pytest.mark.parametrize(("cls", "settings", "n_classes"), MODELS.values(), ids=MODELS)
def test_loaded_classifier_is_the_saved_one(
    cls, settings, n_classes, there_and_back, sequences, three_classes
):
    X, y = sequences if n_classes == 2 else three_classes
    model = tiny(cls, **settings).fit(X, y)
    loaded = there_and_back(model)
    np.testing.assert_array_equal(loaded.predict_proba(X), model.predict_proba(X))
    np.testing.assert_array_equal(loaded.predict(X), model.predict(X))
    assert repr(loaded.get_params()) == repr(model.get_params())
    assert repr(clone(loaded)) == repr(clone(model))
    for attribute in ("history_", "loss_curve_", "best_loss_", "n_iter_", "n_negatives_"):
        assert getattr(loaded, attribute) == getattr(model, attribute)
    if cls is FFRNNClassifier:
        np.testing.assert_array_equal(loaded.threshold_, model.threshold_)
        np.testing.assert_array_equal(loaded.layer_goodness(X), model.layer_goodness(X))
        np.testing.assert_array_equal(
            list(loaded.staged_predict_proba(X)), list(model.staged_predict_proba(X))
        )


@pytest.mark.parametrize(
    "labels", [["bot", "human"], [False, True], [-1.0, 2.0], np.array(["b", "h"], dtype=object)]
)
def test_labels_keep_their_type(labels, there_and_back, sequences):
    X, y = sequences
    model = tiny(FFRNNClassifier).fit(X, np.asarray(labels)[y])
    loaded = there_and_back(model)
    assert loaded.predict(X).tolist() == model.predict(X).tolist()
    assert loaded.classes_.dtype == model.classes_.dtype


def test_names_of_a_table(there_and_back):
    pd = pytest.importorskip("pandas")
    X = pd.DataFrame(np.random.default_rng(0).normal(size=(40, 2)), columns=["a", "b"])
    model = tiny(FFRNNClassifier).fit(X, X["a"] > 0)
    loaded = there_and_back(model)
    np.testing.assert_array_equal(loaded.predict_proba(X), model.predict_proba(X))
    with pytest.raises(ValueError, match="feature names"):
        loaded.predict(X.rename(columns={"a": "c"}))


class TestLearningGoesOn:
    @pytest.mark.parametrize("cls", [FFRNNClassifier, BPTTRNNClassifier])
    @pytest.mark.parametrize("n_classes", [2, 3])
    def test_partial_fit(self, cls, n_classes, there_and_back, sequences, three_classes):
        X, y = sequences if n_classes == 2 else three_classes
        model = tiny(cls).partial_fit(X[:40], y[:40], classes=np.unique(y))
        for model_now in (model, model.partial_fit(X[20:], y[20:])):
            loaded = there_and_back(model_now)
            again = clone(loaded).partial_fit(X[:40], y[:40], classes=np.unique(y))
            assert again.n_iter_ == 1
        for one in (model, loaded):
            one.partial_fit(X[40:], y[40:])
        np.testing.assert_array_equal(loaded.predict_proba(X), model.predict_proba(X))

    def test_statistics_of_movements(self, there_and_back, movements):
        X, _ = movements
        model = VelocityTransformer().partial_fit(X[:20])
        loaded = there_and_back(model)
        for one in (model, loaded):
            one.partial_fit(X[20:])
        np.testing.assert_array_equal(loaded.transform(X), model.transform(X))

    @pytest.mark.parametrize(
        ("cls", "settings"), [(FFRNNClassifier, {}), (BPTTRNNClassifier, {"dropout": 0.5})]
    )
    def test_warm_start(self, cls, settings, there_and_back, sequences):
        model = tiny(cls, warm_start=True, **settings).fit(*sequences)
        loaded = there_and_back(model)
        for one in (model, loaded):
            one.fit(*sequences)
        X, _ = sequences
        np.testing.assert_array_equal(loaded.predict_proba(X), model.predict_proba(X))

    def test_the_network_can_not_be_changed(self, there_and_back, sequences):
        model = (
            tiny(FFRNNClassifier, warm_start=True)
            .fit(*sequences)
            .set_params(hidden_layer_sizes=(7,))
        )
        loaded = there_and_back(model)
        X, _ = sequences
        np.testing.assert_array_equal(loaded.predict_proba(X), model.predict_proba(X))
        with pytest.raises(ValueError, match="hidden_layer_sizes"):
            loaded.fit(*sequences)


class TestPipelines:
    @pytest.mark.parametrize(
        "steps",
        [
            [SigmaLognormalNegativeSampler(random_state=0), VelocityTransformer()],
            [MixedNegativeSampler(), TrajectoryAugmenter(), VelocityTransformer()],
            [VelocityTransformer(7.0, max_length="mean", scale="sequence")],
            ["passthrough", VelocityTransformer(max_length=5, scale=None)],
            [make_pipeline(VelocityTransformer())],
        ],
        ids=len,
    )
    def test_predict_the_same(self, steps, there_and_back, movements):
        X, y = movements
        model = make_pipeline(*steps, tiny(FFRNNClassifier)).fit(X, y)
        loaded = there_and_back(model)
        np.testing.assert_array_equal(loaded.predict_proba(X), model.predict_proba(X))
        assert repr(loaded) == repr(model)
        assert [name for name, _ in loaded.steps] == [name for name, _ in model.steps]
        clone(loaded).fit(X, y)

    def test_families_of_ones_own_are_code(self, there_and_back, movements):
        sampler = MixedNegativeSampler(families=[lambda movement, rng: movement[::-1]])
        with pytest.raises(TypeError, match="can't be saved"):
            there_and_back(sampler.fit(movements[0]))

    def test_sampler_keeps_what_it_made(self, there_and_back, movements):
        sampler = SigmaLognormalNegativeSampler(store_plans=True, random_state=0)
        sampler.fit_transform(movements[0])
        loaded = there_and_back(sampler)
        assert loaded.plans_ == sampler.plans_
        assert loaded.source_.tolist() == sampler.source_.tolist()
        assert loaded.n_negatives_ == sampler.n_negatives_

    def test_features_as_they_were_asked_for(self, there_and_back, movements):
        X, _ = movements
        model = SigmaLognormalTransformer().set_output(transform="pandas").fit(X)
        assert list(there_and_back(model).transform(X[:2])) == list(model.get_feature_names_out())

    def test_a_cache_would_hold_pickles(self, path, movements, tmp_path):
        steps = [("v", VelocityTransformer()), ("c", tiny(FFRNNClassifier))]
        model = Pipeline(steps, memory=str(tmp_path / "cache")).fit(*movements)
        with pytest.raises(TypeError, match=r"Set memory=None"):
            save(model, path)
        save(model.set_params(memory=None), path)

    def test_steps_of_scikit_learn(self, there_and_back):
        X = np.random.default_rng(0).normal(size=(20, 2))
        model = make_pipeline(StandardScaler(), tiny(FFRNNClassifier)).fit(X, X[:, 0] > 0)
        loaded = there_and_back(model)
        np.testing.assert_array_equal(loaded.predict_proba(X), model.predict_proba(X))

    def test_skops_alone(self, movements):
        X, y = movements
        model = make_pipeline(VelocityTransformer(), tiny(FFRNNClassifier)).fit(X, y)
        data = skops.io.dumps(model)
        loaded = skops.io.loads(data, trusted=skops.io.get_untrusted_types(data=data))
        np.testing.assert_array_equal(loaded.predict_proba(X), model.predict_proba(X))


class TestSave:
    def test_wants_a_fitted_model(self, path):
        with pytest.raises(NotFittedError):
            save(tiny(FFRNNClassifier), path)
        with pytest.raises(TypeError, match="can't be saved"):
            save({"model": 1}, path)

    def test_refuses_code(self, fitted, path):
        model = copy.deepcopy(fitted)
        model.callbacks = [Callback()]
        with pytest.raises(TypeError, match=r"skorch\.callbacks.*would not trust"):
            save(model, path)
        assert not path.exists()

    def test_a_failure_leaves_the_file_before(self, fitted, path):
        save(fitted, path)
        before = path.read_bytes()
        with pytest.raises(ValueError, match="max_iter"):
            save(copy.deepcopy(fitted).set_params(max_iter=-1), path)
        assert path.read_bytes() == before
        assert [file.name for file in path.parent.iterdir()] == [path.name]


def test_a_model_from_a_gpu_loads_without_one(fitted, path, sequences):
    if torch.cuda.is_available():
        pytest.skip("there is a GPU here")
    model = copy.deepcopy(fitted)
    model.device_ = torch.device("cuda:0")
    with pytest.warns(UserWarning, match="fitted on cuda:0"):
        save(model, path)
    with pytest.warns(UserWarning, match="fitted on cuda:0"):
        loaded = load(path)
    assert loaded.device_ == torch.device("cpu")
    X, _ = sequences
    np.testing.assert_array_equal(loaded.predict_proba(X), fitted.predict_proba(X))


class TestHostileFiles:
    def test_one_bit_flipped_anywhere(self, fitted, path):
        save(fitted, path)
        good = path.read_bytes()
        rng = np.random.default_rng(0)
        for position in [*range(64), *rng.integers(len(good), size=400), *range(-120, 0)]:
            data = bytearray(good)
            data[position] ^= 1 << int(rng.integers(8))
            path.write_bytes(data)
            with pytest.raises(ValueError, match=r"can't be loaded: (it is damaged|save did not)"):
                load(path)

    @pytest.mark.parametrize("data", [b"", b"PK", b"\x80\x04K\x01.", b"0" * 10_000], ids=str)
    def test_other_files(self, data, path):
        path.write_bytes(data)
        with pytest.raises(ValueError, match="save did not write it"):
            load(path)

    def test_cut_or_lengthened(self, fitted, path):
        save(fitted, path)
        good = path.read_bytes()
        for data in (good[:-1], good[1:], good[: len(good) // 2], good + b"0"):
            path.write_bytes(data)
            with pytest.raises(ValueError, match="can't be loaded"):
                load(path)

    def test_pickles_and_foreign_types(self, path):
        # Sums that are right, as an attacker's would be.
        for model, message in [
            (make_pipeline(FunctionTransformer(os.system)), "can't be loaded"),
            ({"not": "a model"}, "holds a dict"),
            (StandardScaler(), "holds a StandardScaler"),
        ]:
            path.write_bytes(with_checksum(skops.io.dumps(model)))
            with pytest.raises(ValueError, match=message):
                load(path)

    def test_compressed_members_could_fill_the_memory(self, fitted, path):
        path.write_bytes(with_checksum(skops.io.dumps(fitted, compression=zipfile.ZIP_DEFLATED)))
        with pytest.raises(ValueError, match="compressed"):
            load(path)

    @pytest.mark.parametrize(
        ("name", "value"),
        [("_network_settings", {}), ("network_", {}), ("_calibrations", [{"slope": 1.0}])],
    )
    def test_a_state_that_does_not_fit(self, name, value, fitted, path):
        state = {**fitted.__getstate__(), name: value}
        stand_in = copy.deepcopy(fitted)
        with patch.object(FFRNNClassifier, "__getstate__", lambda self: state):
            archive = skops.io.dumps(stand_in)
        path.write_bytes(with_checksum(archive))
        with pytest.raises(ValueError, match="can't be loaded"):
            load(path)

    def test_parameters_out_of_range(self, fitted, path):
        model = copy.deepcopy(fitted).set_params(max_iter=-1)
        path.write_bytes(with_checksum(skops.io.dumps(model)))
        with pytest.raises(ValueError, match="max_iter"):
            load(path)
