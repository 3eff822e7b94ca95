"""fetch_pointer_study against a server of its own: downloads, caches, hostile archives."""

import hashlib
import io
import stat
import threading
import zipfile
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import numpy as np
import pytest

from sklearn_ffrnn.datasets import _archive, _cache, fetch_pointer_study, load_study_folder
from sklearn_ffrnn.datasets._study_files import StudyRecords
from sklearn_ffrnn.datasets._study_sets import STUDY_SETS
from tests.helpers import serving

ROOT = "BSP-S5-Forward-Forward-RNN-3343fb01"
STEMS = {
    "dollar-one": ("s01-x-slow-t01", "s01-x-slow-t01_synth_01"),
    "mcyt": ("001g01", "001g01"),
    "mouse-operation": ("ann-1_2_logfile", "ann-1_2_logfile"),
    "mobiletouchdb": ("user1-a_mayÑ", "user1-a_mayÑ"),
}


def points(seed, n=200):
    rng = np.random.default_rng(seed)
    rows = [f"1 {x:.6f} {y:.6f} {10 * i} 1" for i, (x, y) in enumerate(rng.normal(size=(n, 2)))]
    return "\n".join(["stroke_id\t x\t y\t time\t is_writing", *rows])


def study_members(names=tuple(STUDY_SETS)):
    members = {f"{ROOT}/README.md": "The study.", f"{ROOT}/datasets/MCYT/realTO/.history": "junk"}
    for seed, name in enumerate(names):
        folders = (STUDY_SETS[name].human, STUDY_SETS[name].synthetic)
        for folder, stem in zip(folders, STEMS[name], strict=True):
            members[f"{ROOT}/datasets/{folder}/{stem}.csv"] = points(seed)
    return members


def zip_bytes(members):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return buffer.getvalue()


class Server(ThreadingHTTPServer):
    """Serves one file; `script` names what goes wrong with each request in turn."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.content = zip_bytes(study_members())
        self.script = []
        self.requests = []
        self.url = f"http://127.0.0.1:{self.server_port}/study.zip"


class Handler(BaseHTTPRequestHandler):
    def log_message(self, *args):
        pass

    def do_GET(self):
        server = self.server
        server.requests.append(self.path)
        fault = server.script.pop(0) if server.script else None
        if isinstance(fault, int):
            self.send_error(fault)
            return
        body = server.content
        self.send_response(200)
        if fault != "no length":
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body[: len(body) // 2] if fault in ("break", "no length") else body)


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch):
    """Let pooch try again at once."""
    monkeypatch.setattr("pooch.core.time.sleep", lambda seconds: None)


@pytest.fixture
def server():
    with serving(Server()) as server:
        yield server


@pytest.fixture
def fetch(server, tmp_path):
    def fetch(name="mcyt", **options):
        return fetch_pointer_study(
            name, **{"data_home": tmp_path / "home", "url": server.url} | options
        )

    return fetch


def leftovers(tmp_path):
    return [p for p in tmp_path.rglob("*") if p.suffix in (".part", ".tmp", ".zip")]


@pytest.mark.parametrize("name", STUDY_SETS)
def test_fetch_equals_the_unpacked_archive(fetch, server, tmp_path, name):
    fetched = fetch(name)
    with zipfile.ZipFile(io.BytesIO(server.content)) as archive:
        archive.extractall(tmp_path / "unpacked")
    loaded = load_study_folder(tmp_path / "unpacked" / ROOT, name)
    assert fetched.keys() == loaded.keys()
    for key in ("data", "pen_down", "stroke_id"):
        assert all(map(np.array_equal, fetched[key], loaded[key]))
    for key in ("target", "name", "source", "writer", "time_backwards"):
        np.testing.assert_array_equal(fetched[key], loaded[key])
    assert server.url in fetched.DESCR
    assert not leftovers(tmp_path)


def test_one_download_serves_all_sets_and_later_calls(fetch, server):
    first = fetch("mcyt")
    server.script = [500] * 10
    again = fetch("mcyt", download_if_missing=False)
    assert all(map(np.array_equal, first.data, again.data))
    for name in STUDY_SETS:
        X, y = fetch(name, download_if_missing=False, return_X_y=True)
        assert len(X) == len(y) == 2
    assert len(server.requests) == 1


def test_missing_data_without_download(fetch, server):
    with pytest.raises(OSError, match="download_if_missing is False"):
        fetch(download_if_missing=False)
    assert not server.requests


def test_each_url_has_its_own_cache(fetch, server):
    first = fetch()
    server.content = zip_bytes(study_members(["mcyt"]))
    other = fetch(url=server.url + "?version=2")
    assert not np.array_equal(first.data[0], other.data[0])
    np.testing.assert_array_equal(fetch().data[0], first.data[0])


class TestBrokenDownload:
    @pytest.mark.parametrize("faults", [["break", "break"], [503, 429], [500, "break"]])
    def test_tries_again(self, fetch, server, tmp_path, faults):
        server.script = list(faults)
        assert len(fetch().data) == 2
        assert len(server.requests) == 1 + len(faults)
        assert not leftovers(tmp_path)

    @pytest.mark.parametrize("fault", ["break", 404])
    def test_gives_up_after_n_retries_and_leaves_nothing(self, fetch, server, tmp_path, fault):
        server.script = [fault] * 10
        with pytest.raises(OSError, match=r"Downloading http://\S+ failed"):
            fetch(n_retries=2)
        assert len(server.requests) == 3
        assert not [p for p in tmp_path.rglob("*") if p.is_file()]
        server.script = []
        assert len(fetch().data) == 2

    def test_nothing_listens(self, fetch):
        with pytest.raises(OSError, match="failed"):
            fetch(url="http://127.0.0.1:9/study.zip", n_retries=0)

    def test_cut_off_without_a_length_is_not_a_whole_archive(self, fetch, server, tmp_path):
        server.script = ["no length"]
        with pytest.raises(OSError, match="not a whole zip archive"):
            fetch()
        assert not [p for p in tmp_path.rglob("*") if p.is_file()]

    def test_checksum(self, fetch, server, tmp_path):
        right = hashlib.sha256(server.content).hexdigest()
        with pytest.raises(OSError, match=r"SHA256 hash|checksum"):
            fetch(known_hash="0" * 64, n_retries=1)
        assert len(server.requests) == 2
        assert not [p for p in tmp_path.rglob("*") if p.is_file()]
        assert len(fetch(known_hash=right).data) == 2
        path = tmp_path / "local.zip"
        path.write_bytes(server.content)
        with pytest.raises(OSError, match="does not have the SHA-256 checksum 000"):
            fetch(url=path.as_uri(), known_hash="0" * 64)
        assert len(fetch(url=path.as_uri(), known_hash=right).data) == 2


class TestHostileArchive:
    @pytest.mark.parametrize("path", ["../evil.csv", "/evil.csv", "a/../../evil.csv", "C:/a.csv"])
    def test_paths_that_leave_the_folder(self, fetch, server, tmp_path, path):
        server.content = zip_bytes(study_members() | {path: points(0)})
        with pytest.raises(OSError, match="a path that leaves its folder"):
            fetch()
        assert not [p for p in tmp_path.rglob("*") if p.is_file()]

    def test_backslashes(self):
        with pytest.raises(OSError, match="leaves its folder"):
            _archive._check_members([zipfile.ZipInfo("a/b\\..\\evil.csv")])

    def test_links(self, fetch, server):
        link = zipfile.ZipInfo(f"{ROOT}/datasets/MCYT/realTO/002g01.csv")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        server.content = zip_bytes(study_members() | {link: "/etc/passwd"})
        with pytest.raises(OSError, match="link or encrypted"):
            fetch()

    def test_bombs(self, fetch, monkeypatch):
        monkeypatch.setattr(_archive, "MAX_UNPACKED", 1000)
        with pytest.raises(OSError, match="unpacks to"):
            fetch()

    def test_damaged_member(self, fetch, server):
        content = bytearray(server.content)
        content[content.index(b"stroke_id") + 200] ^= 1
        server.content = bytes(content)
        with pytest.raises(OSError, match="in the archive is damaged"):
            fetch("dollar-one")


def test_archive_without_the_set(fetch, server):
    server.content = zip_bytes(study_members(["mcyt"]))
    with pytest.raises(OSError, match=r"does not hold the folders of 'dollar-one'"):
        fetch("dollar-one")
    assert len(fetch("mcyt").data) == 2


def test_malformed_set_does_not_spoil_the_others(fetch, server):
    bad = "stroke_id x y time is_writing\n1 2 3 4 oops"
    members = study_members() | {f"{ROOT}/datasets/MCYT/realTO/002g01.csv": bad}
    server.content = zip_bytes(members)
    assert len(fetch("dollar-one").data) == 2
    with pytest.raises(ValueError, match=r"002g01.csv in the archive, line 2: is_writing is 'oo"):
        fetch("mcyt")


def test_a_copy_deeper_in_the_archive_does_not_win(fetch, server):
    copy = {
        f"{ROOT}/datasets/old/copy/{folder}/007g01.csv": points(3)
        for folder in ("MCYT/realTO", "MCYT_synth/syntTO")
    }
    server.content = zip_bytes(copy | study_members())
    assert fetch("mcyt").writer.tolist() == ["001", "001"]


@pytest.mark.parametrize("damage", ["truncate", "flip", "other file", "no checksum"])
def test_damaged_cache_is_found_and_made_anew(fetch, server, tmp_path, damage):
    whole = fetch()
    (path,) = tmp_path.rglob("mcyt.npz")
    content = path.read_bytes()
    if damage == "truncate":
        path.write_bytes(content[: len(content) // 2])
    elif damage == "flip":
        middle = len(content) // 2
        path.write_bytes(content[:middle] + bytes([content[middle] ^ 255]) + content[middle + 1 :])
    elif damage == "other file":
        path.write_text("not an npz file")
    else:
        with np.load(path) as stored:
            arrays = dict(stored)
        arrays["points"][0] += 1
        np.savez(path, **arrays)
    with pytest.raises(OSError, match="cache is damaged"):
        fetch(download_if_missing=False)
    with pytest.warns(UserWarning, match="damaged and will be made anew"):
        again = fetch()
    assert all(map(np.array_equal, whole.data, again.data))
    assert len(server.requests) == 2


def test_interrupted_write_leaves_no_cache(tmp_path, monkeypatch):
    def interrupt(*args, **kwargs):
        raise KeyboardInterrupt

    records = StudyRecords(*(np.zeros(1) for _ in StudyRecords._fields))
    monkeypatch.setattr(np, "savez_compressed", interrupt)
    with pytest.raises(KeyboardInterrupt):
        _cache.write_cache(tmp_path / "mcyt.npz", records)
    assert not list(tmp_path.iterdir())


def test_fetches_side_by_side(fetch, tmp_path):
    results = []
    threads = [threading.Thread(target=lambda: results.append(fetch())) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(results) == 4
    assert all(np.array_equal(r.data[0], results[0].data[0]) for r in results)
    assert not leftovers(tmp_path)


def test_file_url_and_other_schemes(fetch, server, tmp_path):
    path = tmp_path / "local study.zip"
    path.write_bytes(server.content)
    assert len(fetch(url=path.as_uri()).data) == 2
    with pytest.raises(ValueError, match="must begin with http://"):
        fetch(url="ftp://127.0.0.1/study.zip")
    assert path.exists()


def test_other_counts_than_the_known_ones_warn(fetch, server, monkeypatch):
    monkeypatch.setattr("sklearn_ffrnn.datasets._pointer_study.STUDY_URL", server.url)
    with pytest.warns(UserWarning, match=r"holds \(1, 1\) human and synthetic files of 'mcyt'"):
        fetch(url=None)


@pytest.mark.parametrize(
    "options", [{"n_retries": -1}, {"known_hash": 5}, {"name": "raton"}, {"on_backwards": "sort"}]
)
def test_arguments_are_checked_before_any_request(fetch, server, options):
    with pytest.raises(ValueError, match=f"'{next(iter(options))}' parameter"):
        fetch(**options)
    assert not server.requests
