"""The script that reproduces the study, on a made-up data set of its layout."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
import torch

from examples.study import as_published
from examples.study import reproduce_study as script
from examples.study.data import load_set
from examples.study.layer_accuracy import LayerAccuracy
from examples.study.splits import PROTOCOLS
from examples.study.start import StudyStart
from examples.study.tables import table_3
from sklearn_ffrnn.nn import ForwardForwardRNN, SequenceDataset

pytest.importorskip("matplotlib")

N_WRITERS, N_EACH = 6, 8
FIGURES = {
    f"{name}.png"
    for protocol in ("study", "grouped")
    for name in (
        f"accuracy-mcyt-{protocol}",
        f"goodness-mcyt-{protocol}-standardize-7",
        f"goodness-mcyt-{protocol}-layer_norm-7",
    )
}


@pytest.fixture(scope="module")
def data_folder(tmp_path_factory):
    """A folder with mcyt.npz, of a few short movements, half of them much faster than the rest."""
    rng = np.random.default_rng(0)
    label = np.arange(N_WRITERS * N_EACH) % 2
    lengths = rng.integers(8, 14, size=len(label))
    steps = [rng.normal(size=(n, 2)) * (1 + 4 * y) for n, y in zip(lengths, label, strict=True)]
    clocks = [np.cumsum(rng.integers(5, 15, size=n)) for n in lengths]
    clocks[0][4] = 0  # steps back, as some of the recorded ones do
    walks = [np.column_stack([s.cumsum(0), t]) for s, t in zip(steps, clocks, strict=True)]
    folder = tmp_path_factory.mktemp("data")
    names = np.array([f"{i:03}" for i in range(len(label))])
    np.savez(
        folder / "mcyt.npz",
        points=np.concatenate(walks).astype(np.float32),
        stroke_id=np.zeros(lengths.sum(), int),
        pen_down=np.ones(lengths.sum(), bool),
        offsets=np.append(0, lengths.cumsum()),
        label=label,
        name=names,
        source=names,
        writer=np.repeat([f"w{i}" for i in range(N_WRITERS)], N_EACH),
    )
    return folder


def command(data, out, *more):
    small = ["--sets", "mcyt", "--runs", "1", "--epochs", "2", "--units", "8"]
    return ["--data", str(data), "--out", str(out), *small, *more]


def test_tables_and_figures_come_once(data_folder, tmp_path, monkeypatch, capsys):
    arguments = command(data_folder, tmp_path, "--thresholds", "7")
    script.main(arguments)
    csv = tmp_path / "runs.csv"
    rows = pd.read_csv(csv, dtype={"key": str})
    # FF with two normalizations and BPTT, as published and without defects; our defaults.
    assert len(rows) == rows["key"].nunique() == 2 * 8
    assert set(rows["samples"]) == {N_WRITERS * N_EACH}
    assert rows[["AUC", "accuracy", "seconds_per_epoch"]].notna().all(axis=None)
    page = (tmp_path / "tables.md").read_text(encoding="utf-8")
    assert page in capsys.readouterr().out
    ours = rows.query("classifier == 'BPTT' and setting == 'study'").set_index("protocol")["AUC"]
    assert "| MCYT | BPTT | **published** | 0.997 |  | 0.980 |  |" in page
    assert f"| the study's setting | {ours['study']:.3f} | {ours['grouped']:.3f} |" in page
    assert all(f"### Table {i}" in page for i in (1, 2, 3))
    assert {path.name for path in (tmp_path / "figures").iterdir()} == FIGURES

    # A second time there is nothing to do.
    monkeypatch.setattr(script, "draw_figures", lambda *_: None)
    text = csv.read_text()
    with monkeypatch.context() as patch:
        patch.setattr(script, "do_run", lambda *_: pytest.fail("a finished run is done again"))
        script.main(arguments)
    assert csv.read_text() == text

    # Stopped before the last two, it does these alone, with the same outcome.
    csv.write_text("".join(text.splitlines(keepends=True)[:-2]))
    script.main(arguments)
    again = pd.read_csv(csv, dtype={"key": str})
    assert csv.read_text().splitlines()[:-2] == text.splitlines()[:-2]
    times = ["seconds_per_epoch", "session"]
    pd.testing.assert_frame_equal(again.drop(columns=times), rows.drop(columns=times))


def test_a_run_is_known_by_all_its_settings_and_its_data(data_folder, tmp_path):

    def keys(*more):
        return set(script.plan(script.parse(command(data_folder, tmp_path, *more)))[1])

    once = keys()
    assert keys() == once
    for more in (["--epochs", "3"], ["--units", "9"], ["--samples", "40"]):
        assert not keys(*more) & once
    assert keys("--runs", "2") > once
    assert keys("--protocol", "grouped") < once
    assert keys("--thresholds", "2", "7", "10") > once


def test_splits():
    y = np.arange(100) % 2
    writer = np.repeat(np.arange(10), 10)
    by_sample = [PROTOCOLS["study"](y, writer, run) for run in range(2)]
    assert [len(split.test) for split in by_sample] == [20, 20]
    assert set(by_sample[0].test) != set(by_sample[1].test)
    judged = []
    for run in range(5):
        split = PROTOCOLS["grouped"](y, writer, run)
        np.testing.assert_array_equal(split.groups, writer[split.train])
        assert not set(split.groups) & set(writer[split.test])
        judged += set(writer[split.test])
    assert sorted(judged) == list(range(10))


def test_the_study_starts_at_its_threshold_from_its_own_weights():
    generator = torch.Generator().manual_seed(0)
    network = ForwardForwardRNN(
        2, 2, hidden_layer_sizes=(64, 64), threshold=[(7.0, 7.0)] * 2, goodness="mean"
    )
    dataset = SequenceDataset(
        torch.randn(40 * 30, 2, generator=generator), torch.full((40,), 30), torch.arange(40) % 2
    )
    StudyStart(seed=0).on_train_begin(SimpleNamespace(module_=network), dataset)
    x = dataset.batch(torch.arange(40)).sequences
    for layer, goodness in network(x):
        assert goodness.per_sequence.mean().item() == pytest.approx(7, rel=0.05)
        deviation = float(layer.recurrent.w_h.detach().std())
        assert deviation == pytest.approx((2 / 128) ** 0.5, rel=0.1)
        assert not layer.recurrent.bias.detach().any()


def test_each_defect_is_back():
    """As published: the columns misread, 1e-8 for no time, and statistics of the test batch."""
    movement = np.array([[0.0, 0, 0], [1, 2, 10], [4, 2, 20], [9, 7, 20]])
    stroke_id = np.array([0.0, 0, 1, 1])
    as_read = as_published.velocities(movement, stroke_id, 5, misread=True)
    v = np.array([[0.0, 1 / 2], [1 / 1e-8, 3 / 1e-8], [0.0, 1.0]])
    np.testing.assert_allclose(as_read[:3], (v - v.mean()) / v.std(), rtol=1e-6)
    assert not as_read[3:].any()

    torch.manual_seed(0)
    network = as_published.FFLayers(8, "standardize", 2.0).eval()
    x = torch.randn(6, 5, 2)
    with torch.inference_mode():
        assert not torch.allclose(network.scores(x)[:3], network.scores(x[:3]), rtol=1e-3)
        direction_alone = network.scores(3 * x)
    torch.testing.assert_close(direction_alone, network.scores(x), rtol=1e-3, atol=1e-3)


def test_layer_accuracy_compares_each_layer_with_its_threshold():
    callback = LayerAccuracy()
    recorded = {}
    net = SimpleNamespace(history=SimpleNamespace(record=recorded.__setitem__))
    callback.on_epoch_begin(net)
    batches = [([[3.0, -1.0], [-2.0, -1.0]], [1, 0]), ([[1.0, -2.0]], [0])]
    for above, target in batches:
        batch = SimpleNamespace(target=torch.tensor(target))
        callback.on_batch_end(net, batch, training=True, loss=0.0)
        callback.on_batch_end(net, batch, training=False, y_pred=torch.tensor(above))
    callback.on_epoch_end(net)
    # Right: layer 1 in the first two, layer 2 in the last two, their mean in all.
    assert recorded == {"layer_accuracy": pytest.approx([2 / 3, 2 / 3, 1])}


def test_times_are_compared_within_one_run_of_one_session():
    columns = ["classifier", "setting", "normalization", "threshold", "run", "session"]
    rows = pd.DataFrame(
        [
            ("FF", "study", "standardize", 7.0, 0, "a", 2.0),
            ("BPTT", "study", "", np.nan, 0, "a", 4.0),
            ("FF", "study", "standardize", 7.0, 1, "a", 100.0),
            ("BPTT", "study", "", np.nan, 1, "b", 1.0),
            ("FF", "study", "layer_norm", 7.0, 1, "b", 3.0),
        ],
        columns=[*columns, "seconds_per_epoch"],
    ).assign(data="mcyt", protocol="study", epochs=1)
    ratios = {
        line.split(" | ")[1]: line.split(" | ")[8] for line in table_3(rows, ["mcyt"]).splitlines()
    }
    assert ratios["FF standardize"] == "0.50"
    assert ratios["FF layer_norm"] == "3.00"


def test_folders_of_the_archive_are_read(tmp_path):
    header = "stroke_id\tx\ty\ttime\tis_writing\n"
    for kind in ("real", "synthetic"):
        folder = tmp_path / "mcyt" / kind
        folder.mkdir(parents=True)
        (folder / "001g01.csv").write_text(
            header + "1\t0\t0\t0\t1\n1\t1\t2\t10\t1\n1\t3\t2\t5\t1\n"
        )
        (folder / "002g01.csv").write_text(header + "1\t0\t0\t7\t1\n1\t1\t2\t7\t1\n")
    movements = load_set(tmp_path, "mcyt")
    # What takes no time has no velocity and is left out; a clock that steps back stands still.
    assert movements.writer.tolist() == ["001", "001"]
    assert sorted(movements.y) == [0, 1]
    for movement in movements.X:
        np.testing.assert_array_equal(movement, [[0, 0, 0], [1, 2, 10], [3, 2, 10]])
    assert len(load_set(tmp_path, "mcyt", 1).y) == 1
