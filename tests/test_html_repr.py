import re
from html import unescape

import pytest
from sklearn.pipeline import make_pipeline

from sklearn_ffrnn import VelocityTransformer


def boxes(estimator):
    """Title and caption of each box in the diagram, the last of them those of the layers."""
    pairs = re.findall(
        r'<div><div>([^<]*)</div><div class="caption">([^<]*)</div>', html(estimator)
    )
    return [tuple(map(unescape, pair)) for pair in pairs]


def html(estimator):
    return estimator._repr_html_()


def test_unfitted_network_is_one_box(make_classifier):
    assert boxes(make_classifier()) == []
    assert "hidden_layer_sizes" in html(make_classifier())


def test_layers_with_their_thresholds(sequences, make):
    model = make("FF", hidden_layer_sizes=(8, 6), threshold=[2.0, 1.5], max_iter=1).fit(*sequences)
    assert boxes(model) == [
        ("Layer 1", "8 relu units, θ = 2"),
        ("Layer 2", "6 relu units, θ = 1.5"),
    ]
    text = html(model)
    assert f"weights: {8 * (2 * 3 + 8 + 1)}" in text
    assert f"weights: {6 * (8 + 6 + 1)}" in text
    assert text.count("differences it reads: 2") == 1
    assert text.count("normalization before it: standardize") == 1
    # The parameters can still be unfolded.
    assert "learning_rate_init" in text


def test_what_was_built_is_shown_not_what_is_set_since(sequences, make):
    model = make("FF", cell="gru", bidirectional=True, threshold=(3, 1), max_iter=1)
    model.fit(*sequences).set_params(hidden_layer_sizes=(5,), cell="lstm")
    caption = "8 gru units in each direction, θ = 3 / 1"
    assert boxes(model) == [("Layer 1", caption), ("Layer 2", caption)]


@pytest.mark.parametrize(
    ("pooling", "read"),
    [("flatten", "every step"), ("mean", "the mean of the steps"), ("last", "the last step")],
)
def test_baseline_ends_in_its_output(sequences, make, pooling, read):
    model = make("BPTT", pooling=pooling, hidden_layer_sizes=(8,), max_iter=1).fit(*sequences)
    assert boxes(model) == [("Layer 1", "8 relu units"), ("Output", f"linear, on {read}")]


def test_layers_in_a_pipeline(movements, make_ff):
    X, y = movements
    model = make_pipeline(VelocityTransformer(), make_ff(max_iter=1))
    assert [title for title, _ in boxes(model) if "Layer" in title] == []
    model.fit(X, y)
    shown = [title for title, _ in boxes(model)]
    assert [title for title in shown if "Layer" in title] == ["Layer 1", "Layer 2"]
    assert "VelocityTransformer" in html(model)
