import io
import stat
import zipfile

import numpy as np
import pytest

from sklearn_ffrnn.datasets import _fetch_balabit, fetch_balabit, load_balabit_session
from sklearn_ffrnn.datasets import split_movements as split

ROOT = "Mouse-Dynamics-Challenge-50cc105"
HEADER = "record timestamp,client timestamp,button,state,x,y\n"


def session(seed, n=120):
    rng = np.random.default_rng(seed)
    t = np.cumsum(rng.choice([0.016, 0.031, 0.9], n, p=[0.6, 0.35, 0.05]))
    rows = []
    for i in range(n):
        button, state = ("Left", "Pressed") if rng.random() < 0.05 else ("NoButton", "Move")
        x, y = (65535, 65535) if rng.random() < 0.03 else rng.integers(0, 1500, size=2)
        rows.append(f"{t[i] + 0.1:.3f},{t[i]:.3f},{button},{state},{x},{y}\n")
    return HEADER + "".join(rows)


def members():
    return {
        f"{ROOT}/README.md": "The challenge.",
        f"{ROOT}/public_labels.csv": "filename,is_illegal\nsession_03,1\nsession_04,0\n",
        f"{ROOT}/training_files/user12/session_01": session(1),
        f"{ROOT}/training_files/user7/session_02": session(2),
        f"{ROOT}/test_files/user7/session_03": session(3),
        f"{ROOT}/test_files/user7/session_04": session(4),
        f"{ROOT}/test_files/user12/session_05": session(5),
    }


@pytest.fixture
def fetch(tmp_path):
    def fetch(content=None, **options):
        path = tmp_path / "balabit.zip"
        with zipfile.ZipFile(path, "w") as archive:
            for name, text in (content or members()).items():
                archive.writestr(name, text)
        return fetch_balabit(**{"data_home": tmp_path / "home", "url": path.as_uri()} | options)

    return fetch


def test_movements_are_those_of_the_sessions(fetch):
    found = fetch()
    order = ["session_02", "session_01", "session_03", "session_04", "session_05"]
    assert list(dict.fromkeys(found.session)) == order
    for name in order:
        (path,) = [path for path in members() if path.endswith(name)]
        log = load_balabit_session(io.StringIO(members()[path]))
        chosen = np.flatnonzero(found.session == name)
        expected = split(log)
        assert len(chosen) == len(expected) > 2
        for i, movement in zip(chosen, expected, strict=True):
            np.testing.assert_allclose(found.data[i], movement)
        assert found.movement[chosen].tolist() == list(range(len(expected)))
        assert set(found.user[chosen]) == {path.split("/")[2]}
        assert set(found.part[chosen]) == {path.split("/")[1].removesuffix("_files")}


def test_labels_of_the_challenge(fetch):
    found = fetch()
    labels = dict(zip(found.session.tolist(), found.is_illegal.tolist(), strict=True))
    assert labels == {
        "session_01": 0, "session_02": 0, "session_03": 1, "session_04": 0, "session_05": -1
    }  # fmt: skip


def test_subsets_and_options(fetch):
    everything = fetch()
    training, test = fetch(subset="training"), fetch(subset="test")
    assert set(training.part) == {"training"}
    assert len(training.data) + len(test.data) == len(everything.data)
    assert "cut from 2 sessions (2 of the training part,\n0 of the test" in training.DESCR
    X, y = fetch(return_X_y=True)
    assert len(X) == len(y)
    np.testing.assert_array_equal(y, everything.user)
    assert len(fetch(min_points=20).data) < len(everything.data)
    assert len(fetch(max_gap=20).data) != len(everything.data)


def test_cache_serves_later_calls(fetch, tmp_path):
    first = fetch()
    again = fetch({"a": "b"}, download_if_missing=False)
    assert all(map(np.array_equal, first.data, again.data))
    (path,) = tmp_path.rglob("balabit.npz")
    path.write_bytes(path.read_bytes()[:-100])
    with pytest.raises(OSError, match="cache is damaged"):
        fetch(download_if_missing=False)
    with pytest.warns(UserWarning, match="damaged and will be made anew"):
        assert len(fetch().data) == len(first.data)
    with pytest.raises(OSError, match="download_if_missing is False"):
        fetch(data_home=tmp_path / "other", download_if_missing=False)


def test_what_is_no_such_archive(fetch):
    with pytest.raises(OSError, match="holds no sessions"):
        fetch({f"{ROOT}/README.md": "nothing"})
    bad = HEADER + "0,0,NoButton,Move,left,2\n"
    with pytest.raises(ValueError, match=r"test_files/user7/session_03: .* line 2 \(x is 'left'"):
        fetch(members() | {f"{ROOT}/test_files/user7/session_03": bad})
    link = zipfile.ZipInfo(f"{ROOT}/training_files/user7/session_09")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    with pytest.raises(OSError, match="link or encrypted"):
        fetch(members() | {link: "/etc/passwd"})
    with pytest.raises(OSError, match="a path that leaves its folder"):
        fetch(members() | {"../training_files/user7/session_09": session(9)})


def test_another_archive_than_the_known_one_warns(fetch, tmp_path, monkeypatch):
    monkeypatch.setattr(_fetch_balabit, "BALABIT_URL", (tmp_path / "balabit.zip").as_uri())
    with pytest.warns(UserWarning, match=r"names commit \(none\) and holds .*'training': 2"):
        fetch(url=None)


@pytest.mark.parametrize("options", [{"subset": "dev"}, {"max_gap": 0}, {"n_retries": -1}])
def test_bad_arguments(fetch, options):
    with pytest.raises(ValueError, match=f"'{next(iter(options))}' parameter"):
        fetch(**options)
