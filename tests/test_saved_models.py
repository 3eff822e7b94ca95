"""Files of every release so far: they go on loading, and say what they said then."""

from pathlib import Path

import numpy as np
import pytest
from sklearn.pipeline import Pipeline

from sklearn_ffrnn import __version__, load

HERE = Path(__file__).parent / "saved_models"
FILES = sorted(HERE.glob("*/*.safetensors"))


def name(file):
    return f"{file.parent.name}-{file.stem}"


def test_this_release_has_its_files():
    assert list((HERE / __version__).glob("*.safetensors")), "run tests/saved_models/make.py"


@pytest.mark.parametrize("file", FILES, ids=name)
def test_loads_and_predicts_as_then(file):
    model = load(file)
    with np.load(file.parent / "expected.npz") as expected:
        X = expected["movements" if isinstance(model, Pipeline) else "sequences"]
        # Other processors and versions of torch round differently.
        np.testing.assert_allclose(model.predict_proba(X), expected[file.stem], atol=1e-5)


@pytest.mark.parametrize(
    "file", sorted(HERE.glob("*/stream.safetensors")), ids=lambda file: file.parent.name
)
def test_a_stream_goes_on(file):
    model = load(file)
    with np.load(file.parent / "expected.npz") as expected:
        X = expected["sequences"]
    y = model.classes_[np.arange(len(X)) % len(model.classes_)]
    before = model.n_iter_
    assert model.partial_fit(X, y).n_iter_ == before + 1
