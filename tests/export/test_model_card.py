"""The card beside a model says what one has to know before relying on it."""

import numpy as np
import pytest
from sklearn.frozen import FrozenEstimator
from sklearn.model_selection import FixedThresholdClassifier
from sklearn.pipeline import make_pipeline

from sklearn_ffrnn import (
    AbstainingClassifier,
    FFRNNClassifier,
    HumanMovementDetector,
    VelocityTransformer,
)
from sklearn_ffrnn.export import write_model_card
from sklearn_ffrnn.negatives import MinimumJerkFamily


@pytest.fixture(scope="module")
def model(movements):
    classifier = FFRNNClassifier((4, 4), max_iter=1, random_state=0)
    return make_pipeline(VelocityTransformer(16.0, max_length=50), classifier).fit(*movements)


@pytest.fixture
def card(model, movements, tmp_path):
    def write(model=model, X=movements[0], y=movements[1], **settings):
        write_model_card(model, tmp_path / "model.md", X, y, **settings)
        return (tmp_path / "model.md").read_text(encoding="utf-8")

    return write


def test_says_what_it_reads_and_knows(card):
    text = card(length_unit="mm", time_unit="µs")
    assert "the first 50 steps of movements on a clock that ticks every 16" in text
    assert "in mm and µs" in text
    assert "Classes: 0, 1." in text


def row(text, *cells):
    """Return the cells of the one line of a table that begins with these."""
    lines = [[c.strip() for c in line.strip("| ").split("|")] for line in text.splitlines()]
    (found,) = [line for line in lines if line[: len(cells)] == list(cells)]
    return found


def test_counts_movements_and_describes_the_clock_of_each_recorder(card):
    def on_a_clock(n_points, period):
        return np.column_stack([np.arange(n_points)] * 2 + [np.arange(n_points) * period])

    X = [on_a_clock(10, 8.0)] * 3 + [on_a_clock(5, 16.0)] * 2
    X.append(np.repeat(on_a_clock(5, 20.0), 2, axis=0))  # two points a tick
    text = card(X=X, y=[1, 1, 0, 1, 1, 1], recorders=["a"] * 3 + ["b"] * 2 + ["c"])
    assert row(text, "a", "1") == ["a", "1", "2", "10", "72", "8 / 8 / 8", "0%"]
    assert row(text, "a", "0")[2] == "1"
    assert row(text, "b", "1") == ["b", "1", "2", "5", "64", "16 / 16 / 16", "0%"]
    assert row(text, "c", "1")[-2:] == ["20 / 20 / 20", "56%"]


def test_labels_may_be_left_out(card):
    assert row(card(y=None), "all", "1")[2] == "40"


def test_says_where_it_decides(card, model):
    assert "taken for class 1 from a probability of 0.5 on" in card()
    strict = FixedThresholdClassifier(FrozenEstimator(model), threshold=0.125)
    assert "a probability of 0.125 on" in card(strict.fit([[0.0]] * 2, [0, 1]))


def test_figures_are_the_callers(card):
    assert "Nothing was measured" in card()
    text = card(figures={"AUC, of others": 0.93456, "on": "40 walks"})
    assert "Nothing was measured" not in text
    assert row(text, "AUC, of others") == ["AUC, of others", "0.9346"]
    assert row(text, "on") == ["on", "40 walks"]


def test_says_what_it_declines_and_what_is_written_of_the_training(card):
    text = card(description="Walks on paper.")
    assert "Walks on paper." in text
    assert "time that runs backwards" in text


def test_says_what_holds_too_little(card, model, movements):
    assert "much shorter or longer" in card()
    limits = {"coarsest": 55.0, "shortest": 33.0, "fewest": 3}
    text = card(AbstainingClassifier(model, **limits).fit(*movements))
    assert "less than 33 ms" in text
    assert "more than 55 ms" in text
    assert "fewer than 3 points" in text
    assert "much shorter or longer" not in text


def test_of_a_detector_that_fits_no_graph(card):
    rng = np.random.default_rng(0)
    X = [np.column_stack([rng.normal(size=(40, 2)).cumsum(0) * 9, 8.0 * np.arange(40)])] * 20
    network = FFRNNClassifier((4, 4), max_iter=1)
    detector = HumanMovementDetector(
        families=[MinimumJerkFamily()],
        n_negatives=1,
        sequence_estimator=network,
        table_estimator=network,
        contamination=0.25,
        random_state=0,
    ).fit(X)
    text = card(detector, X, y=None)
    assert "A HumanMovementDetector that reads movements without rests" in text
    assert f"score is below {detector.offset_:.4g}, as 0.25 of held-out" in text
    assert "less than 150 ms" in text
    assert row(text, "all", "1")[2] == "20"


@pytest.mark.parametrize("name", ["y", "recorders"])
def test_one_entry_for_each_movement(name, card):
    with pytest.raises(ValueError, match=rf"{name} has shape \(3,\) for 40 trajectories"):
        card(**{name: [0, 1, 1]})


def test_refuses_what_is_no_model_of_movements(card):
    with pytest.raises(TypeError, match="FFRNNClassifier"):
        card(FFRNNClassifier())
