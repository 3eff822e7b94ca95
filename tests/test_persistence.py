"""Models saved and loaded: the same predictions, the same training afterwards, nothing run."""

import copy

import numpy as np
import pytest
import torch
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler
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
from sklearn_ffrnn.sigma_lognormal import SigmaLognormalTransformer

MODELS = {
    "relu": (FFRNNClassifier, {}, 2),
    "gru, two thresholds": (FFRNNClassifier, {"cell": "gru", "threshold": ([2.0, 3.0], 1.0)}, 2),
    "lstm, both ways": (
        FFRNNClassifier,
        {"cell": "lstm", "bidirectional": True, "threshold": "auto"},
        2,
    ),
    "sum": (
        FFRNNClassifier,
        {"goodness": "sum", "objective": "logistic", "threshold": np.array([4, 5])},
        2,
    ),
    "readout": (FFRNNClassifier, {"readout": "logistic", "normalization": "layer_norm"}, 2),
    "float64": (
        FFRNNClassifier,
        {"dtype": "float64", "normalization": None, "calibrate": False},
        2,
    ),
    "three classes": (FFRNNClassifier, {}, 3),
    "three classes, readout": (FFRNNClassifier, {"readout": "logistic"}, 3),
    "BPTT": (BPTTRNNClassifier, {"dropout": 0.5}, 2),
    "BPTT, mean": (BPTTRNNClassifier, {"pooling": "mean", "cell": "gru"}, 2),
    "BPTT, three classes": (BPTTRNNClassifier, {"pooling": "last", "bidirectional": True}, 3),
}


@pytest.fixture
def path(tmp_path):
    return tmp_path / "model.safetensors"


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
    # Old versions of numpy add up a readout in an order that depends on where in memory it lies.
    exact = {"rtol": 1e-12 if settings.get("readout") == "logistic" else 0}
    np.testing.assert_allclose(loaded.predict_proba(X), model.predict_proba(X), **exact)
    np.testing.assert_array_equal(loaded.predict(X), model.predict(X))
    assert repr(loaded.get_params()) == repr(model.get_params())
    assert repr(clone(loaded)) == repr(clone(model))
    for attribute in ("history_", "loss_curve_", "best_loss_", "n_iter_", "n_negatives_"):
        assert getattr(loaded, attribute) == getattr(model, attribute)
    if cls is FFRNNClassifier:
        np.testing.assert_array_equal(loaded.threshold_, model.threshold_)
        np.testing.assert_array_equal(loaded.layer_goodness(X), model.layer_goodness(X))
        np.testing.assert_allclose(
            list(loaded.staged_predict_proba(X)), list(model.staged_predict_proba(X)), **exact
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
        model = tiny(cls, cell="gru").partial_fit(X[:40], y[:40], classes=np.unique(y))
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
        with pytest.raises(TypeError, match=r"MixedNegativeSampler\.families"):
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

    def test_a_cache_would_hold_pickles(self, there_and_back, movements, tmp_path):
        steps = [("v", VelocityTransformer()), ("c", tiny(FFRNNClassifier))]
        model = Pipeline(steps, memory=str(tmp_path / "cache")).fit(*movements)
        with pytest.warns(UserWarning, match=r"Pipeline\.memory is not saved"):
            assert there_and_back(model).memory is None

    def test_other_steps_are_refused(self, path, sequences):
        X = np.random.default_rng(0).normal(size=(20, 2))
        model = make_pipeline(StandardScaler(), tiny(FFRNNClassifier)).fit(X, X[:, 0] > 0)
        with pytest.raises(TypeError, match=r"step 'standardscaler'.*StandardScaler.*joblib"):
            save(model, path)
        assert not path.exists()


class TestSave:
    def test_wants_a_fitted_model(self, path):
        with pytest.raises(NotFittedError):
            save(tiny(FFRNNClassifier), path)
        with pytest.raises(TypeError, match="can't be saved"):
            save({"model": 1}, path)

    @pytest.mark.parametrize(
        ("parameter", "value"),
        [("callbacks", [Callback()]), ("random_state", np.random.RandomState(0))],
    )
    def test_warns_of_objects_that_only_fit_reads(
        self, parameter, value, there_and_back, sequences
    ):
        model = tiny(FFRNNClassifier, **{parameter: value}).fit(*sequences)
        with pytest.warns(UserWarning, match=rf"FFRNNClassifier\.{parameter}.*None"):
            loaded = there_and_back(model)
        assert getattr(loaded, parameter) is None
        X, _ = sequences
        np.testing.assert_array_equal(loaded.predict_proba(X), model.predict_proba(X))

    def test_warns_of_attributes_that_are_not_ours(self, fitted, path):
        model = copy.deepcopy(fitted)
        model.note = "mine"
        with pytest.warns(UserWarning, match=r"FFRNNClassifier\.note is not saved"):
            save(model, path)

    def test_a_failure_leaves_the_file_before(self, fitted, path):
        save(fitted, path)
        before = path.read_bytes()
        broken = copy.deepcopy(fitted)
        broken.network_.layers[0].recurrent.bias.data[0] = torch.nan
        with pytest.raises(ValueError, match=r"FFRNNClassifier can't be saved, for .* holds NaN"):
            save(broken, path)
        assert path.read_bytes() == before
        assert [file.name for file in path.parent.iterdir()] == [path.name]

    def test_parameters_of_other_types(self, path, sequences):
        model = tiny(FFRNNClassifier, hidden_layer_sizes=range(3, 5)).fit(*sequences)
        with pytest.raises(TypeError, match=r"hidden_layer_sizes is range.*list"):
            save(model, path)

    def test_values_out_of_range(self, fitted, path):
        model = copy.deepcopy(fitted).set_params(max_iter=-1)
        with pytest.raises(ValueError, match="max_iter"):
            save(model, path)

    def test_the_same_model_makes_the_same_file(self, fitted, path):
        save(fitted, path)
        first = path.read_bytes()
        save(load(path), path)
        assert path.read_bytes() == first


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
