"""Files that are damaged, or made by someone who means harm: a ValueError, and nothing run."""

import contextlib
import json
import warnings

import numpy as np
import pytest
import torch
from safetensors import safe_open
from safetensors.torch import save_file
from sklearn.pipeline import Pipeline, make_pipeline

from sklearn_ffrnn import (
    FFRNNClassifier,
    SigmaLognormalNegativeSampler,
    VelocityTransformer,
    load,
    save,
)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "model.safetensors"


def tiny():
    return FFRNNClassifier(hidden_layer_sizes=(4, 3), max_iter=2, random_state=0)


@pytest.fixture(scope="module")
def fitted(sequences):
    return tiny().fit(*sequences)


def rewrite(path, change=lambda model: None, change_tensors=lambda tensors: None):
    """Change what a file says, as an attacker would who knows the format."""
    with safe_open(path, framework="pt") as file:
        content = json.loads(file.metadata()["sklearn_ffrnn"])
        tensors = {name: file.get_tensor(name).clone() for name in file.keys()}  # noqa: SIM118
    change(content["model"])
    change_tensors(tensors)
    save_file(tensors, path, metadata={"sklearn_ffrnn": json.dumps(content)})


BAD_FIELDS = {
    "unknown class": {"class": "os.system"},
    "class of another kind": {"class": "VelocityTransformer"},
    "unknown field": {"__reduce__": 1},
    "extra attribute": {"predict": "x"},
    "unknown parameter": {"parameters": {"reduce": "os.system"}},
    "parameters without names": {"parameters": {"__dict__": [[1, 2]]}},
    "parameters in a list": {"parameters": ["relu"]},
    "other settings of the network": {"built_with": {"max_iter": 1}},
    "sizes that there is no memory for": {
        "built_with": {"hidden_layer_sizes": {"__tuple__": [10**12, 10**12]}}
    },
    "sizes beyond all numbers": {"built_with": {"hidden_layer_sizes": {"__tuple__": [10**30, 3]}}},
    "millions of layers": {"built_with": {"hidden_layer_sizes": [1] * 10**6}},
    "other sizes": {"built_with": {"hidden_layer_sizes": {"__tuple__": [4, 4]}}},
    "channels": {"n_features_in_": 10**15},
    "no channels": {"n_features_in_": 0},
    "channels of another type": {"n_features_in_": "2"},
    "cell": {"built_with": {"cell": "gru"}},
    "unknown cell": {"built_with": {"cell": "rnn"}},
    "classes": {"classes_": [0, 1]},
    "one class": {"classes_": {"__array__": ["int64", [0]]}},
    "classes out of order": {"classes_": {"__array__": ["int64", [1, 0]]}},
    "classes of a strange type": {"classes_": {"__array__": ["V8", [1, 0]]}},
    "classes that are no numbers": {"classes_": {"__array__": ["int64", [0.5, 1]]}},
    "too many classes": {"classes_": {"__array__": ["int64", [0, 1, 2]]}},
    "device": {"device": "meta"},
    "dtype": {"dtype": "float16"},
    "type of the network": {"dtype": "float64"},
    "readout": {"readout": "pickle"},
    "readout without tensors": {"readout": "logistic"},
    "history": {"history_": [{"epoch": 1}]},
    "no history": {"history_": None},
    "unknown mark": {"best_loss_": {"__import__": "os"}},
    "names": {"feature_names_in_": ["a"]},
    "names that are no texts": {"feature_names_in_": [1, 2]},
    "classes of two types": {"classes_": {"__array__": ["object", ["a", 1]]}},
}


class TestHostileFiles:
    @pytest.fixture(autouse=True)
    def saved(self, fitted, path):
        save(fitted, path)

    @pytest.mark.parametrize("change", BAD_FIELDS.values(), ids=BAD_FIELDS)
    def test_fields(self, change, path):
        def apply(model):
            for name, value in change.items():
                if name == "built_with":
                    model[name].update(value)
                else:
                    model[name] = value

        rewrite(path, apply)
        with pytest.raises(ValueError, match=r"model\.safetensors' can't be loaded"):
            load(path)

    @pytest.mark.parametrize(
        ("name", "value"),
        [
            ("max_iter", -1),
            ("max_iter", "many"),
            ("batch_size", [1]),
            ("tol", {"__float__": "nan"}),
            ("hidden_layer_sizes", {"a": 1}),
            ("callbacks", "os.system"),
            ("random_state", {"__tuple__": ["MT19937"]}),
            ("n_jobs", 1),
        ],
    )
    def test_parameters(self, name, value, path):
        rewrite(path, lambda model: model["parameters"].update({name: value}))
        with pytest.raises(ValueError, match="can't be loaded"):
            load(path)

    def test_a_parameter_younger_than_the_file_has_its_default(self, path):
        def forget(model):
            del model["parameters"]["tol"], model["built_with"]["goodness"]

        rewrite(path, forget)
        loaded = load(path)
        assert loaded.tol == FFRNNClassifier().tol
        assert loaded.network_.goodness == "log_ratio"

    def test_every_field_and_tensor_is_needed(self, path):
        whole = path.read_bytes()
        with safe_open(path, framework="pt") as file:
            names = list(file.keys())
        for name in names:
            path.write_bytes(whole)
            rewrite(path, change_tensors=lambda tensors, name=name: tensors.pop(name))
            with pytest.raises(ValueError, match=name.removeprefix("network.")):
                load(path)
        fields = []
        path.write_bytes(whole)
        rewrite(path, fields.extend)
        for name in fields:
            path.write_bytes(whole)
            rewrite(path, lambda model, name=name: model.pop(name))
            with pytest.raises(ValueError, match=f"lacks '{name}'"):
                load(path)

    @pytest.mark.parametrize(
        "spoil",
        [
            lambda tensor: tensor.T.contiguous()[:1],
            lambda tensor: tensor.double(),
            lambda tensor: tensor * torch.nan,
            lambda tensor: tensor[None],
        ],
        ids=["shape", "type", "NaN", "dimensions"],
    )
    def test_tensors(self, spoil, path):
        def change(tensors):
            tensors["network.layers.1.w_x"] = spoil(tensors["network.layers.1.w_x"])

        rewrite(path, change_tensors=change)
        with pytest.raises(ValueError, match=r"layers\.1\.w_x"):
            load(path)

    @pytest.mark.parametrize(
        ("name", "spoil"),
        [
            ("stream", torch.zeros_like),
            ("stream", lambda state: state[:10]),
            ("recent.target", lambda target: target + 2),
            ("recent.weight", lambda weight: weight[1:]),
        ],
    )
    def test_what_partial_fit_goes_on_with(self, name, spoil, sequences, path):
        save(tiny().partial_fit(*sequences), path)
        rewrite(path, change_tensors=lambda tensors: tensors.update({name: spoil(tensors[name])}))
        with pytest.raises(ValueError, match=name):
            load(path)

    def test_a_tensor_too_many(self, path):
        rewrite(path, change_tensors=lambda tensors: tensors.update(more=torch.zeros(1)))
        with pytest.raises(ValueError, match=r"\['more'\], which it should not"):
            load(path)

    def test_later_version(self, path):
        with safe_open(path, framework="pt") as file:
            text = file.metadata()["sklearn_ffrnn"]
        text = text.replace('"format_version": 1', '"format_version": 2')
        save_file({"a": torch.zeros(1)}, path, metadata={"sklearn_ffrnn": text})
        with pytest.raises(ValueError, match=r"format version 2.*upgrade sklearn_ffrnn"):
            load(path)

    def test_cut_or_spoilt_anywhere(self, path):
        whole = path.read_bytes()
        rng = np.random.default_rng(0)
        for length in [0, 1, 7, 8, 9, len(whole) - 1, *rng.integers(10, len(whole), 20)]:
            path.write_bytes(whole[:length])
            with pytest.raises(ValueError, match="can't be loaded"):
                load(path)
        header = 8 + int.from_bytes(whole[:8], "little")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            for position in rng.integers(0, header, 200):
                spoilt = bytearray(whole)
                spoilt[position] ^= 1 << int(rng.integers(8))
                path.write_bytes(spoilt)
                try:
                    assert isinstance(load(path), FFRNNClassifier)  # a figure of the history, say
                except ValueError as error:
                    assert "can't be loaded" in str(error)  # noqa: PT017

    @pytest.mark.parametrize(
        "text",
        ["[" * 100_000, '{"format_version": 1}', "1", "{", '{"format_version": "1", "model": {}}'],
        ids=lambda text: text[:25],
    )
    def test_header(self, text, path):
        save_file({"a": torch.zeros(1)}, path, metadata={"sklearn_ffrnn": text})
        with pytest.raises(ValueError, match="can't be loaded: its header"):
            load(path)

    def test_other_files(self, path):
        path.write_bytes(b"\x80\x04cos\nsystem\n.")
        with pytest.raises(ValueError, match="not in the format of save"):
            load(path)
        save_file({"a": torch.zeros(1)}, path)
        with pytest.raises(ValueError, match=r"not one that sklearn_ffrnn\.save wrote"):
            load(path)
        with pytest.raises(FileNotFoundError):
            load(path.with_name("nothing"))


ANYTHING = [
    *(None, True, 0, -1, 10**30, 1e308, "", "meta", [], [[1]], {}, {"a": 1}, {"__import__": "os"}),
    *({"__tuple__": "ab"}, {"__array__": [[], 1]}, {"__array__": ["bool", []]}),
    *({"__float__": "nan"}, {"__float__": {}}, {"__device__": [1]}, {"__dict__": [[[1], 2]]}),
]


def places(value):
    """Yield every collection in a value with every place in it."""
    if isinstance(value, (dict, list)):
        for place in value if isinstance(value, dict) else range(len(value)):
            yield value, place
            yield from places(value[place])


def test_anything_anywhere(movements, path):
    X, y = movements
    sampler = SigmaLognormalNegativeSampler(store_plans=True, random_state=0)
    model = make_pipeline(sampler, VelocityTransformer(), tiny()).fit(X[:6], y[:6])
    save(model, path)
    whole = path.read_bytes()
    rng = np.random.default_rng(0)
    refused = 0

    def put_anything(model):
        everywhere = list(places(model))
        where, place = everywhere[rng.integers(len(everywhere))]
        where[place] = ANYTHING[rng.integers(len(ANYTHING))]

    for _ in range(200):
        path.write_bytes(whole)
        rewrite(path, put_anything)
        try:
            loaded = load(path)
        except ValueError:
            refused += 1
        else:
            with contextlib.suppress(ValueError):  # valid, but for other movements, say
                loaded.predict(X)
    assert refused > 100


def test_hostile_pipelines(movements, path):
    X, y = movements
    steps = [("v", VelocityTransformer()), ("c", tiny())]
    save(Pipeline(steps).fit(X, y), path)
    whole = path.read_bytes()
    for change in (
        lambda model: model["steps"].reverse(),
        lambda model: model["steps"].clear(),
        lambda model: model["steps"].pop(0),
        lambda model: model["steps"].append(["end", "passthrough"]),
        lambda model: model["steps"][0].append(1),
        lambda model: model["steps"][0].__setitem__(0, "c"),
        lambda model: model["steps"][0].__setitem__(1, "os.system"),
        lambda model: model["steps"][0][1].update({"max_length_": -1}),
        lambda model: model["steps"][0][1].update({"n_features_in_": 0}),
        lambda model: model["steps"][0][1]["parameters"].update({"scale": "none"}),
        lambda model: model.update(memory="cache"),
        lambda model: model.update({"class": "FeatureUnion"}),
    ):
        path.write_bytes(whole)
        rewrite(path, change)
        with pytest.raises(ValueError, match="can't be loaded"):
            load(path)
