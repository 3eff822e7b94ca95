"""Human movements alone: what makes negatives knows the labels, so that fit needs none."""

import imblearn.pipeline
import numpy as np
import pytest
from sklearn.model_selection import cross_val_predict
from sklearn.pipeline import Pipeline, make_pipeline

from sklearn_ffrnn import (
    MixedNegativeSampler,
    SequenceBatch,
    SigmaLognormalNegativeSampler,
    TrajectoryAugmenter,
    VelocityTransformer,
)


@pytest.fixture
def human(movements):
    return movements[0]


@pytest.fixture(params=[SigmaLognormalNegativeSampler, MixedNegativeSampler])
def make_sampler(request):
    return lambda **settings: request.param(random_state=0, **settings)


@pytest.mark.filterwarnings("error")
def test_same_as_with_labels_of_ones(make_sampler, make_classifier, human):
    def fitted(*y):
        steps = [make_sampler(), TrajectoryAugmenter(random_state=0), VelocityTransformer()]
        return make_pipeline(*steps, make_classifier(max_iter=2)).fit(human, *y)

    model = fitted()
    assert model[-1].n_negatives_ == 40
    assert model.classes_.tolist() == [0, 1]
    np.testing.assert_array_equal(
        model.predict_proba(human), fitted(np.ones(40, int)).predict_proba(human)
    )


@pytest.mark.parametrize(("person", "bot"), [("person", "bot"), (-1, 1), (True, False)])
def test_labels_are_the_samplers(make_sampler, make_ff, human, person, bot):
    sampler = make_sampler(human_label=person, negative_label=bot, n_negatives=2)
    model = make_pipeline(sampler, TrajectoryAugmenter(), VelocityTransformer(), make_ff())
    model.set_params(ffrnnclassifier__max_iter=1).fit(human)
    assert model.classes_.tolist() == sorted([person, bot])
    y = np.array([person] * 40)
    expected = make_pipeline(sampler, VelocityTransformer()).fit_transform(human, y)
    direct = make_ff(max_iter=1)
    np.testing.assert_array_equal(
        direct.fit(expected).decision_function(expected.rows),
        direct.fit(expected, y).decision_function(expected.rows),
    )


def test_cross_validation_and_a_cache(make_sampler, make_ff, human, tmp_path):
    steps = [("s", make_sampler()), ("v", VelocityTransformer()), ("c", make_ff(max_iter=2))]
    cache = str(tmp_path)
    cold, warm = (
        cross_val_predict(Pipeline(steps, memory=cache), human, cv=2, method="predict_proba")
        for _ in range(2)
    )
    assert cold.shape == (40, 2)
    np.testing.assert_array_equal(cold, warm)


def test_imbalanced_learns_pipeline(make_sampler, make_ff, human):
    for mode in ("attach", "resample"):
        model = imblearn.pipeline.make_pipeline(
            make_sampler(mode=mode), VelocityTransformer(), make_ff(max_iter=1)
        ).fit(human)
        assert model.classes_.tolist() == [0, 1]


def test_stream(make_sampler, make_ff, human):
    make_batch = make_pipeline(make_sampler(), VelocityTransformer())
    classifier, labelled = make_ff(), make_ff()
    for part in (human[:20], human[20:]):
        batch = make_batch.fit_transform(part)
        classifier.partial_fit(batch)
        labelled.partial_fit(batch, np.ones(20, int))
    np.testing.assert_array_equal(
        classifier.decision_function(batch.rows), labelled.decision_function(batch.rows)
    )


def test_part_of_a_batch(make_classifier, sequences):
    X, _ = sequences
    batch = SequenceBatch(X, X[:10], np.arange(10), human_label="h", negative_label="n")
    part = batch[5:30]
    assert (part.human_label, part.negative_label, len(part.negatives)) == ("h", "n", 5)
    assert make_classifier(max_iter=1).fit(part).classes_.tolist() == ["h", "n"]


def test_rows_that_are_not_all_human_need_their_labels(make_sampler, make_ff, human):
    y = np.arange(40) % 2
    batch = make_pipeline(make_sampler(), VelocityTransformer()).fit_transform(human, y)
    assert batch.human_label is None
    with pytest.raises(ValueError, match=r"y is None, and X holds rows that are not human"):
        make_ff().fit(batch)
    assert make_ff(max_iter=1).fit(batch, y).n_negatives_ == 20


@pytest.mark.parametrize("carrier", [list, lambda X: SequenceBatch(X, [], [])])
def test_without_negatives_y_is_asked_for(make_classifier, sequences, carrier):
    message = r"requires y to be passed, but the target y is None, and X carries no.*sampler"
    for method in ("fit", "partial_fit"):
        with pytest.raises(ValueError, match=message):
            getattr(make_classifier(), method)(carrier(sequences[0]))


def test_replace_keeps_how_many_there_are(sequences):
    X = sequences[0]
    batch = SequenceBatch(X, X[:10], np.arange(10), human_label="h", negative_label="n")
    other = batch.replace(X[::-1], X[10:20])
    assert (other.human_label, other.negative_label) == ("h", "n")
    assert other.rows == X[::-1]
    np.testing.assert_array_equal(other.source, batch.source)
    for rows, negatives in ((X[1:], X[:10]), (X, X[:9])):
        with pytest.raises(ValueError, match="entries"):
            batch.replace(rows, negatives)
