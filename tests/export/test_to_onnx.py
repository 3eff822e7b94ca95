"""Whole pipelines in one graph, run by onnxruntime, against the pipelines themselves."""

import json
import sys
from pathlib import Path

import numpy as np
import pytest
from sklearn.exceptions import NotFittedError
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import FixedThresholdClassifier, TunedThresholdClassifierCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer

from sklearn_ffrnn import (
    AbstainingClassifier,
    BPTTRNNClassifier,
    FFRNNClassifier,
    FFRNNOutlierDetector,
    HumanMovementDetector,
    MixedNegativeSampler,
    RecorderAugmenter,
    TrajectoryAugmenter,
    VelocityTransformer,
)
from sklearn_ffrnn.export import to_onnx

onnxruntime = pytest.importorskip("onnxruntime")
onnx = pytest.importorskip("onnx")
pytest.importorskip("spox")

DATA = Path(__file__).parents[3] / "shared" / "data"
SETS = ["dollar-one", "mobiletouchdb", "mcyt", "mouse-operation"]
RECIPE = {"resample": 16.0, "keep_lattice": True, "channels": "intrinsic", "max_length": 100}
TRANSFORMERS = [
    {},
    {"resample": 10.0},
    {"resample": 7.3, "keep_lattice": True, "max_length": 5},
    {"scale": "sequence", "max_length": "mean"},
    {"scale": None, "channels": "intrinsic"},
    {**RECIPE, "channels": "paced", "max_length": None},
    RECIPE,
]
SMALL = {"hidden_layer_sizes": (6, 5), "max_iter": 8, "learning_rate_init": 0.02, "random_state": 0}
CLASSIFIERS = [
    FFRNNClassifier(**SMALL),
    FFRNNClassifier(**SMALL, goodness="sum", normalization="layer_norm", n_differences=1),
    BPTTRNNClassifier(**SMALL),
    BPTTRNNClassifier(**SMALL, pooling="last", n_differences=0),
]


def pipeline(transformer=None, classifier=None):
    return make_pipeline(VelocityTransformer(**(transformer or {})), classifier or CLASSIFIERS[0])


def session(path):
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    return onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])


def run(graph, X):
    inputs = {"points": np.concatenate(X), "lengths": np.array([len(x) for x in X])}
    return graph.run(["probabilities"], inputs)[0]


@pytest.fixture
def exported(movements, tmp_path):
    """Fit a pipeline on labelled movements and return it with its graph."""

    def export(model, y=movements[1]):
        model.fit(movements[0], y)
        to_onnx(model, tmp_path / "model.onnx")
        return model, session(tmp_path / "model.onnx")

    return export


def odd_movements():
    """Movements of the kinds that recorders make, and of all lengths."""
    rng = np.random.default_rng(1)

    def walk(n, tick, spacing=1.0, offset=0.0):
        xy = np.round(rng.normal(size=(n, 2)).cumsum(axis=0) * 9) * spacing
        return np.column_stack([xy, rng.choice(tick, size=n).cumsum()]) + offset

    return [
        walk(40, [8.0]),
        walk(60, [0.0, 0.0, 16.0]) - [0, 0, 16],  # several points a tick
        walk(2, [5.0]),
        walk(2, [500.0]),
        walk(3, [0.1]),  # shorter than a period of any clock
        walk(1000, [7.0, 8.0]),
        walk(50, [4.0, 6.0], spacing=1 / 3),  # a browser's pixels, and points midway between two
        walk(50, [8.0, 16.0], spacing=0.8).astype(np.float32).astype(np.float64),
        walk(30, [10.0], offset=1e6),
        walk(30, [10.0]) + np.array([0, 0, 1.7e12]),  # milliseconds since 1970
        np.column_stack([np.zeros((20, 2)), np.arange(20) * 10.0]),  # at rest
        np.column_stack([rng.normal(size=(20, 2)).cumsum(axis=0), np.arange(20) * 9.1]),
        np.array([[0, 0, 0], [0, 0, 0], [0, 0, 0], [4, 3, 10.0], [4, 3, 10.0]]),
    ]


@pytest.mark.parametrize("classifier", CLASSIFIERS, ids=str)
@pytest.mark.parametrize("transformer", TRANSFORMERS, ids=str)
def test_same_probabilities(transformer, classifier, exported, movements):
    model, graph = exported(pipeline(transformer, classifier))
    for X in (movements[0], odd_movements()):
        expected = model.predict_proba(X)
        np.testing.assert_allclose(run(graph, X), expected, rtol=0, atol=1e-5)
        alone = np.concatenate([run(graph, [x]) for x in X])
        np.testing.assert_allclose(alone, expected, rtol=0, atol=1e-5)
    assert np.ptp(model.predict_proba(movements[0])[:, 1]) > 0.02


def test_more_classes(exported, movements):
    y = np.array(["a", "b", "c"])[np.arange(len(movements[0])) % 3]
    model, graph = exported(pipeline(), y)
    np.testing.assert_allclose(
        run(graph, movements[0]), model.predict_proba(movements[0]), atol=1e-5
    )


@pytest.mark.parametrize("spacing", [1.0, 0.5, 0.8, 1 / 3, 0.7, 100 / 96])
def test_points_midway_between_two_of_the_lattice(spacing, exported):
    """Half of a clock's ticks lie midway between two points, where the last digit decides."""
    rng = np.random.default_rng(0)
    X = [
        np.column_stack(
            [rng.integers(-9, 10, (n, 2)).cumsum(axis=0) * spacing, np.arange(n) * 16.0]
        )
        for n in rng.integers(20, 200, size=30)
    ]
    model, graph = exported(pipeline({"resample": 8.0, "keep_lattice": True}))
    np.testing.assert_allclose(run(graph, X), model.predict_proba(X), rtol=0, atol=1e-5)


def test_last_period_may_be_short_by_rounding(exported):
    """Runtimes take a factor of 1 + 1e-12 for 1, and would lose the last step."""
    rng = np.random.default_rng(0)
    clocks = [np.cumsum(np.full(161, 16.7)), np.cumsum(np.full(73, 1 / 3)), np.cumsum([0.1] * 161)]
    assert any((t[-1] - t[0]) / 8.0 % 1 > 1 - 1e-12 for t in clocks)
    X = [np.column_stack([rng.normal(size=(len(t), 2)).cumsum(axis=0), t]) for t in clocks]
    model, graph = exported(pipeline({"resample": 8.0, "scale": "sequence"}))
    np.testing.assert_allclose(run(graph, X), model.predict_proba(X), rtol=0, atol=1e-5)


def test_strokes_play_no_part(movements, tmp_path):
    X, y = movements
    with_strokes = [np.column_stack([x, np.arange(len(x)) > 4]) for x in X]
    model = pipeline(RECIPE).fit(with_strokes, y)
    to_onnx(model, tmp_path / "model.onnx")
    got = run(session(tmp_path / "model.onnx"), X)
    np.testing.assert_allclose(got, model.predict_proba(with_strokes), rtol=0, atol=1e-5)


@pytest.mark.slow
@pytest.mark.parametrize("transformer", [{}, {**RECIPE, "channels": "velocity"}, RECIPE], ids=str)
@pytest.mark.parametrize("name", SETS)
def test_same_probabilities_on_recorded_movements(name, transformer, tmp_path):
    if not DATA.exists():
        pytest.skip("the study's data are not here")
    archive = np.load(DATA / f"{name}.npz")
    points, label = archive["points"].astype(np.float64), archive["label"]
    X = np.split(points, archive["offsets"][1:-1])
    # Some synthetic movements of the archive run backwards in time.
    usable = [i for i, x in enumerate(X) if (np.diff(x[:, 2]) >= 0).all() and np.ptp(x[:, 2])]
    chosen = np.random.default_rng(0).permutation(usable)[:1000]
    X, y = [X[i] for i in chosen], label[chosen]
    settings = {"hidden_layer_sizes": (24, 16), "max_iter": 2, "random_state": 0}
    model = pipeline(transformer, FFRNNClassifier(**settings)).fit(X[:200], y[:200])
    to_onnx(model, tmp_path / "model.onnx")
    graph = session(tmp_path / "model.onnx")
    parts = [X[i : i + 50] for i in range(0, len(X), 50)]
    got = np.concatenate([run(graph, part) for part in parts])
    np.testing.assert_allclose(got, model.predict_proba(X), rtol=0, atol=1e-5)


GOOD = odd_movements()[0]


def changed(row, column, value):
    movement = GOOD.copy()
    movement[row, column] = value
    return movement


BAD = {
    "one point": GOOD[:1],
    "no point": GOOD[:0],
    "time backwards": GOOD[::-1],
    "time backwards once": changed(20, 2, 0.0),
    "one time stamp": GOOD * [1, 1, 0],
    "x missing": changed(3, 0, np.nan),
    "t missing": changed(3, 2, np.nan),
    "last t missing": changed(-1, 2, np.nan),
    "infinite y": changed(-1, 1, np.inf),
    "infinite t": changed(-1, 2, np.inf),
    "too fast": changed(8, 1, 1e300),
    "too fast for single precision": changed(8, 1, 1e41),
}


@pytest.mark.parametrize("bad", BAD)
@pytest.mark.parametrize("transformer", [{}, RECIPE], ids=["plain", "recipe"])
@pytest.mark.filterwarnings("ignore:X holds")  # jumps
def test_bad_movements_get_no_number(transformer, bad, exported):
    model, graph = exported(pipeline(transformer))
    with pytest.raises(ValueError, match=r"X\[1\]"):
        model.predict_proba([GOOD, BAD[bad]])
    probabilities = run(graph, [GOOD, BAD[bad], GOOD])
    assert np.isnan(probabilities[1]).all()
    np.testing.assert_allclose(probabilities[[0, 2]], model.predict_proba([GOOD] * 2), atol=1e-5)
    assert np.isnan(run(graph, [BAD[bad]])).all()


def test_more_steps_than_memory_holds_get_no_number(exported):
    _, graph = exported(pipeline(RECIPE))
    probabilities = run(graph, [changed(-1, 2, 1e300), GOOD])
    assert np.isnan(probabilities).all(axis=1).tolist() == [True, False]


@pytest.mark.parametrize("lengths", [[39], [41], [20, 30], [-5, 45], [40, 1], [2**40], [50, -10]])
def test_lengths_that_do_not_add_up_get_no_number(lengths, exported):
    _, graph = exported(pipeline(RECIPE))
    (probabilities,) = graph.run(None, {"points": GOOD, "lengths": np.array(lengths)})
    assert np.isnan(probabilities).all()
    assert len(probabilities) == len(lengths)


def test_steps_for_training_are_left_out(movements, tmp_path):
    human = [x for x, label in zip(*movements, strict=True) if label]
    model = make_pipeline(
        MixedNegativeSampler(1, random_state=0),
        TrajectoryAugmenter(random_state=0),
        RecorderAugmenter(random_state=0),
        "passthrough",
        VelocityTransformer(),
        FFRNNClassifier(**SMALL),
    ).fit(human)
    to_onnx(model, tmp_path / "model.onnx")
    got = run(session(tmp_path / "model.onnx"), human)
    np.testing.assert_allclose(got, model.predict_proba(human), atol=1e-5)


def test_detector(movements, tmp_path):
    X = movements[0]
    detector = FFRNNOutlierDetector(FFRNNClassifier(**SMALL), random_state=0)
    model = make_pipeline(VelocityTransformer(), detector).fit(X)
    to_onnx(model, tmp_path / "model.onnx")
    graph = session(tmp_path / "model.onnx")
    threshold = float(graph.get_modelmeta().custom_metadata_map["threshold"])
    probability = run(graph, X)[:, 1]
    np.testing.assert_array_equal(np.where(probability >= threshold, 1, -1), model.predict(X))


def recordings_at_the_limits():
    """Movements that hold just enough, or a little less than that, by each measure."""
    rng = np.random.default_rng(2)
    made = []
    for tick, n in [(4.0, 26), (4.0, 25), (20.0, 30), (20.5, 30), (12.0, 12), (12.0, 30)]:
        for repeats in (1, 3):  # points of one time stamp
            xy = rng.normal(size=(n * repeats, 2)).round(1).cumsum(axis=0)
            made.append(np.column_stack([xy, np.repeat(tick * np.arange(n), repeats)]))
    for n_still in (0, 3, 5, 25):  # points at one place count once, wherever they are
        x = made[-1].copy()
        x[3 : 3 + n_still, :2] = x[3, :2]
        made += [x, x[::-1] * [1, 1, -1] + [0, 0, x[-1, 2]]]
    uneven = np.cumsum(rng.choice([0.0, 18.0, 22.0], size=(30, 21)), axis=1)  # even and odd counts
    made += [np.column_stack([rng.normal(size=(21, 2)), t]) for t in uneven]
    made.append(made[0] * [0, 0, 1])
    return made


def test_declines_as_in_python(movements, tmp_path):
    limits = {"coarsest": 20.0, "shortest": 100.0, "fewest": 12}
    for transformer in ({}, RECIPE):
        model = AbstainingClassifier(pipeline(transformer), **{**limits, "shortest": 60.0})
        model.fit([np.concatenate([x, x + x[-1] + 9]) for x in movements[0]], movements[1])
        model.set_params(**limits)
        to_onnx(model, tmp_path / "model.onnx")
        graph = session(tmp_path / "model.onnx")
        X = [*recordings_at_the_limits(), *movements[0]]
        expected = model.predict_proba(X)
        reasons = {reason.split(":")[0] for reason in model.reasons(X)}
        assert reasons == {"", "nothing moves", "too short", "too coarse", "too few points"}
        np.testing.assert_allclose(run(graph, X), expected, rtol=0, atol=1e-5)
        alone = np.concatenate([run(graph, [x]) for x in X])
        np.testing.assert_allclose(alone, expected, rtol=0, atol=1e-5)
    properties = graph.get_modelmeta().custom_metadata_map
    assert {name: float(properties[name]) for name in limits} == limits


def test_joined_detector_is_refused(tmp_path):
    with pytest.raises(TypeError, match=r"table_ reads KinematicFeatures"):
        to_onnx(HumanMovementDetector(), tmp_path / "model.onnx")


def test_threshold_around_a_pipeline(movements, tmp_path):
    X, y = movements
    model = FixedThresholdClassifier(pipeline(), threshold=0.8, response_method="predict_proba")
    model.fit(X, y)
    to_onnx(model, tmp_path / "model.onnx")
    graph = session(tmp_path / "model.onnx")
    assert graph.get_modelmeta().custom_metadata_map["threshold"] == "0.8"
    np.testing.assert_array_equal(run(graph, X)[:, 1] >= 0.8, model.predict(X) == 1)


def test_tuned_threshold_around_a_pipeline(movements, tmp_path):
    X, y = movements
    model = TunedThresholdClassifierCV(pipeline(), cv=2, scoring="f1", random_state=0).fit(X, y)
    to_onnx(model, tmp_path / "model.onnx")
    graph = session(tmp_path / "model.onnx")
    threshold = float(graph.get_modelmeta().custom_metadata_map["threshold"])
    np.testing.assert_array_equal(run(graph, X)[:, 1] >= threshold, model.predict(X) == 1)


def test_metadata(exported, movements, tmp_path):
    model, _ = exported(pipeline(), np.array(["bot", "human"])[movements[1]])
    path = tmp_path / "model.onnx"
    to_onnx(model, path, length_unit="mm", time_unit="s", training="40 walks")
    properties = session(path).get_modelmeta().custom_metadata_map
    assert json.loads(properties.pop("classes")) == ["bot", "human"]
    assert properties.pop("version")
    assert properties == {
        "length_unit": "mm",
        "time_unit": "s",
        "training": "40 walks",
        "threshold": "0.5",
    }


def test_only_operators_of_onnx_itself(exported, tmp_path):
    exported(pipeline(RECIPE))
    model = onnx.load(tmp_path / "model.onnx")
    assert [(opset.domain, opset.version <= 17) for opset in model.opset_import] == [("", True)]
    assert {node.domain for node in model.graph.node} == {""}
    assert not model.functions


@pytest.mark.parametrize("cls", [FFRNNClassifier, BPTTRNNClassifier])
def test_default_network_takes_less_than_a_megabyte(cls, exported, tmp_path):
    exported(pipeline(RECIPE, cls(max_iter=1)))
    assert (tmp_path / "model.onnx").stat().st_size < 1e6


def with_threshold(**settings):
    return FixedThresholdClassifier(pipeline(), threshold=0.5, **settings)


@pytest.mark.parametrize(
    ("model", "message"),
    [
        (make_pipeline(FunctionTransformer(), *pipeline()), "functiontransformer"),
        (
            make_pipeline(VelocityTransformer(), *pipeline({"resample": None})),
            "velocitytransformer",
        ),
        (with_threshold(response_method="decision_function"), "response_method='predict_proba'"),
        (with_threshold(pos_label=0), "pos_label=None"),
    ],
)
def test_unknown_parts_are_refused(model, message, movements, tmp_path):
    if isinstance(model, FixedThresholdClassifier):
        model.fit(*movements)
    else:
        model[-1].fit([[[1.0, 2.0]], [[2.0, 3.0]]], [0, 1])
    with pytest.raises(TypeError, match=message):
        to_onnx(model, tmp_path / "model.onnx")
    assert not (tmp_path / "model.onnx").exists()


def test_classifier_of_another_package_is_refused(movements, tmp_path):
    flat = FunctionTransformer(lambda s: np.nan_to_num(s).reshape(len(s), -1))
    model = make_pipeline(VelocityTransformer(max_length=5), flat, LogisticRegression())
    with pytest.raises(TypeError, match="functiontransformer"):
        to_onnx(model.fit(*movements), tmp_path / "model.onnx")
    model = make_pipeline(VelocityTransformer(), FunctionTransformer())
    with pytest.raises(TypeError, match="ends with a FunctionTransformer"):
        to_onnx(model.fit(*movements), tmp_path / "model.onnx")


def test_classifier_alone_has_a_method_of_its_own(tmp_path):
    with pytest.raises(TypeError, match="has a method to_onnx"):
        to_onnx(FFRNNClassifier(), tmp_path / "model.onnx")


def test_wants_a_fitted_pipeline(tmp_path):
    with pytest.raises(NotFittedError):
        to_onnx(pipeline(), tmp_path / "model.onnx")


def test_says_what_to_install(exported, tmp_path, monkeypatch):
    model, _ = exported(pipeline())
    for name in [
        n for n in sys.modules if n.startswith(("sklearn_ffrnn._onnx", "sklearn_ffrnn.export._g"))
    ]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "spox", None)
    with pytest.raises(ImportError, match=r"pip install 'sklearn-ffrnn\[onnx\]'"):
        to_onnx(model, tmp_path / "model.onnx")
