"""fetch_balabit against a git server of its own: downloads, caches, what isn't the commit."""

import hashlib
import io
import sys
import zlib
from pathlib import Path
from wsgiref.simple_server import WSGIRequestHandler, make_server

import numpy as np
import pytest

from sklearn_ffrnn.datasets import _fetch_balabit, fetch_balabit, load_balabit_session
from sklearn_ffrnn.datasets import split_movements as split
from tests.helpers import serving

pytest.importorskip("dulwich", reason='pip install "sklearn-ffrnn[balabit]"')

HEADER = "record timestamp,client timestamp,button,state,x,y\n"
FILE, PROGRAM, LINK, MODULE, FOLDER = "100644", "100755", "120000", "160000", "40000"
FORGED = "training_files/user7/session_02"


def session(seed, n=120):
    rng = np.random.default_rng(seed)
    t = np.cumsum(rng.choice([0.016, 0.031, 0.9], n, p=[0.6, 0.35, 0.05]))
    rows = []
    for i in range(n):
        button, state = ("Left", "Pressed") if rng.random() < 0.05 else ("NoButton", "Move")
        x, y = (65535, 65535) if rng.random() < 0.03 else rng.integers(0, 1500, size=2)
        rows.append(f"{t[i] + 0.1:.3f},{t[i]:.3f},{button},{state},{x},{y}\n")
    return HEADER + "".join(rows)


FILES = {
    "README.md": "The challenge.",
    "public_labels.csv": "filename,is_illegal\nsession_03,1\nsession_04,0\n",
    "training_files/user12/session_01": session(1),
    FORGED: session(2),
    "test_files/user7/session_03": session(3),
    "test_files/user7/session_04": session(4),
    "test_files/user12/session_05": session(5),
}


class Repository:
    """A bare repository on disk, written by hashlib and zlib after git's own description.

    https://git-scm.com/book/en/v2/Git-Internals-Git-Objects
    """

    def __init__(self, folder):
        self.folder = folder
        self.names = {}  # of files and folders, by path, and of the commit
        self.objects = {}  # kind and content, by name
        for path in ("objects", "refs/heads"):
            (folder / path).mkdir(parents=True)
        (folder / "HEAD").write_text("ref: refs/heads/master\n")
        (folder / "config").write_text("[core]\n\trepositoryformatversion = 0\n\tbare = true\n")

    def path(self, name):
        return self.folder / "objects" / name[:2] / name[2:]

    def write(self, kind, content, name=None):
        whole = f"{kind} {len(content)}\0".encode() + content
        name = name or hashlib.sha1(whole).hexdigest()
        self.objects[name] = (kind, content)
        self.path(name).parent.mkdir(exist_ok=True)
        self.path(name).write_bytes(zlib.compress(whole))
        return name

    def write_tree(self, files, path=""):
        """Write files, by path: text or (mode, text); a submodule is the commit that it is at."""
        entries, folders = {}, {}
        for name, content in files.items():
            first, _, rest = name.partition("/")
            if rest:
                folders.setdefault(first, {})[rest] = content
                continue
            mode, text = content if isinstance(content, tuple) else (FILE, content)
            blob = text if mode == MODULE else self.write("blob", text.encode())
            self.names[path + first] = blob
            entries[first] = (mode, blob)
        for name, inside in folders.items():
            entries[name] = (FOLDER, self.write_tree(inside, f"{path}{name}/"))
        order = sorted(entries, key=lambda name: name + "/" * (entries[name][0] == FOLDER))
        rows = (
            f"{entries[name][0]} {name}\0".encode() + bytes.fromhex(entries[name][1])
            for name in order
        )
        self.names[path] = self.write("tree", b"".join(rows))
        return self.names[path]

    def commit(self, files, parents=()):
        """Write a commit and let the branch be at it; return its id."""
        lines = [f"tree {self.write_tree(files)}", *(f"parent {name}" for name in parents)]
        who = "A. Nonymous <a@b.org> 1471600000 +0200"
        lines += [f"author {who}", f"committer {who}", "", "Sessions\n"]
        self.names["commit"] = self.write("commit", "\n".join(lines).encode())
        self.point_at(self.names["commit"])
        return self.names["commit"]

    def point_at(self, commit):
        self.branch = commit
        (self.folder / "refs/heads/master").write_text(f"{commit}\n")


class Quiet(WSGIRequestHandler):
    def log_message(self, *args):
        pass

    def get_stderr(self):
        return io.StringIO()


@pytest.fixture
def repository(tmp_path, monkeypatch):
    """A repository whose only commit is the pinned one."""
    repository = Repository(tmp_path / "challenge.git")
    monkeypatch.setattr(_fetch_balabit, "BALABIT_COMMIT", repository.commit(FILES))
    return repository


@pytest.fixture
def server(repository, monkeypatch):
    """Serves the repository; `script` has the share of each answer in turn that gets through."""
    from dulwich.objects import ShaFile, object_class
    from dulwich.repo import MemoryRepo
    from dulwich.server import DictBackend
    from dulwich.web import make_wsgi_chain

    def application(environ, start_response):
        began, parts = [], []

        def begin(status, headers, exc_info=None):
            began[:] = [status, headers]
            return parts.append

        # From memory and past its checks, for a server on disk refuses to send what is forged.
        served = MemoryRepo()
        for name, (kind, content) in repository.objects.items():
            found = ShaFile.from_raw_string(object_class(kind.encode()).type_num, content)
            served.object_store._data[name.encode()] = found
        served.refs[b"refs/heads/master"] = repository.branch.encode()
        parts += make_wsgi_chain(DictBackend({"/": served}))(environ, begin)
        body = b"".join(parts)
        server.sizes.append(len(body))
        share = server.script.pop(0) if server.script else 1
        start_response(began[0], [*began[1], ("Content-Length", str(len(body)))])
        return [body[: int(share * len(body))]]

    monkeypatch.setattr("sklearn_ffrnn.datasets._git_commit.time.sleep", lambda seconds: None)
    server = make_server("127.0.0.1", 0, application, handler_class=Quiet)
    server.script, server.sizes = [], []
    server.url = f"http://127.0.0.1:{server.server_port}"
    with serving(server):
        yield server


@pytest.fixture
def fetch(repository, tmp_path):
    def fetch(**options):
        url = repository.folder.as_uri()
        return fetch_balabit(**{"data_home": tmp_path / "home", "url": url} | options)

    return fetch


def kept(tmp_path):
    """Return what there is in the cache."""
    return [path for path in Path(tmp_path, "home").rglob("*") if path.is_file()]


def test_movements_are_those_of_the_sessions(fetch, server):
    found = fetch(url=server.url)
    order = ["session_02", "session_01", "session_03", "session_04", "session_05"]
    assert list(dict.fromkeys(found.session)) == order
    for name in order:
        (path,) = [path for path in FILES if path.endswith(name)]
        log = load_balabit_session(io.StringIO(FILES[path]))
        chosen = np.flatnonzero(found.session == name)
        expected = split(log)
        assert len(chosen) == len(expected) > 2
        for i, movement in zip(chosen, expected, strict=True):
            np.testing.assert_allclose(found.data[i], movement)
        assert found.movement[chosen].tolist() == list(range(len(expected)))
        assert set(found.user[chosen]) == {path.split("/")[1]}
        assert set(found.part[chosen]) == {path.split("/")[0].removesuffix("_files")}


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


def test_cache_serves_later_calls(fetch, server, tmp_path, monkeypatch):
    first = fetch(url=server.url)
    (path,) = kept(tmp_path)
    requests = len(server.sizes)
    with monkeypatch.context() as without:
        without.setitem(sys.modules, "dulwich.repo", None)
        again = fetch(url=server.url, download_if_missing=False)
        with pytest.raises(ImportError, match=r"pip install sklearn-ffrnn\[balabit\]"):
            fetch(url=server.url, data_home=tmp_path / "other")
    assert all(map(np.array_equal, first.data, again.data))
    assert len(server.sizes) == requests
    path.write_bytes(path.read_bytes()[:-100])
    with pytest.raises(OSError, match="cache is damaged"):
        fetch(download_if_missing=False)
    with pytest.warns(UserWarning, match="damaged and will be made anew"):
        assert len(fetch().data) == len(first.data)
    with pytest.raises(OSError, match="download_if_missing is False"):
        fetch(data_home=tmp_path / "other", download_if_missing=False)


def test_only_the_commit_itself_is_downloaded(fetch, server, repository, monkeypatch):
    large = np.random.default_rng(0).bytes(2**20).hex()
    before = repository.commit({"large": large})
    monkeypatch.setattr(_fetch_balabit, "BALABIT_COMMIT", repository.commit(FILES, [before]))
    assert len(set(fetch(url=server.url).session)) == 5
    assert sum(server.sizes) < 2**18


@pytest.mark.parametrize("way", ["http", "file"])
@pytest.mark.parametrize("what", ["file", "folder", "commit"])
def test_what_the_id_does_not_name_is_refused(fetch, server, repository, tmp_path, way, what):
    path = {"file": FORGED, "folder": "training_files/user7/", "commit": "commit"}[what]
    pinned, name = repository.branch, repository.names[path]
    repository.commit(FILES | {FORGED: session(9)})
    repository.write(*repository.objects[repository.names[path]], name)
    repository.point_at(pinned)
    with pytest.raises(OSError, match=r"missing or not what the commit's id says .*Fetch again"):
        fetch(**{"url": server.url} if way == "http" else {})
    assert kept(tmp_path) == []


def test_commit_that_is_not_there(fetch, server, repository, tmp_path, monkeypatch):
    monkeypatch.setattr(_fetch_balabit, "BALABIT_COMMIT", "0" * 39 + "1")
    with pytest.raises(OSError, match=r"Downloading commit 0+1 of http.*failed.*give a clone"):
        fetch(url=server.url, n_retries=1)
    with pytest.raises(OSError, match="the commit is missing"):
        fetch()
    with pytest.raises(OSError, match="can't be read as a git repository"):
        fetch(url=tmp_path.as_uri())
    with pytest.raises(ValueError, match="must begin with http://, https:// or file://"):
        fetch(url="git@github.com:balabit/Mouse-Dynamics-Challenge")
    assert kept(tmp_path) == []


@pytest.mark.parametrize("share", [0, 0.1, 0.5, 0.99])
def test_broken_connections(fetch, server, tmp_path, share):
    server.script[:] = [share, 1, share] * 2
    with pytest.raises(OSError, match=r"Downloading commit .* failed"):
        fetch(url=server.url, n_retries=1)
    assert kept(tmp_path) == []
    server.script[:] = [share, 1, share]
    assert len(set(fetch(url=server.url, n_retries=2).session)) == 5


def test_no_server(fetch, server, tmp_path):
    url = server.url
    server.server_close()
    with pytest.raises(OSError, match=r"Downloading commit .* failed"):
        fetch(url=url, n_retries=0)
    assert kept(tmp_path) == []


def test_files_come_as_they_were_committed(fetch, server, repository, monkeypatch):
    """An archive of the commit would leave some out, and a checkout would change line ends."""
    files = FILES | {
        ".gitattributes": "* text eol=lf\ntest_files export-ignore\n",
        FORGED: (PROGRAM, session(2).replace("\n", "\r\n")),
        "training_files/user7/session_06": (LINK, "session_02"),
        "training_files/user7/session_07": (MODULE, "1" * 40),
        "copy/training_files/user7/session_08": session(8),
        "training_files/user7/session_09.txt": session(9),
    }
    expected = fetch()
    monkeypatch.setattr(_fetch_balabit, "BALABIT_COMMIT", repository.commit(files))
    found = fetch(url=server.url)
    assert found.session.tolist() == expected.session.tolist()
    assert all(map(np.array_equal, found.data, expected.data))


@pytest.mark.parametrize("options", [{"subset": "dev"}, {"max_gap": 0}, {"n_retries": -1}])
def test_bad_arguments(fetch, options):
    with pytest.raises(ValueError, match=f"'{next(iter(options))}' parameter"):
        fetch(**options)
