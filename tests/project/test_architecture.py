"""Who may import whom: the table of docs/contributing.md, section Architecture, enforced."""

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest

import sklearn_ffrnn

PACKAGE = Path(sklearn_ffrnn.__file__).parent
EVERYWHERE = {"_typing", "_parallel_map"}
MAY_IMPORT = {
    "_typing": set(),
    "_parallel_map": set(),
    "_input": set(),
    "_recording": {"_input"},
    "nn": set(),
    "datasets": {"_input", "_recording"},
    "preprocessing": {"_input", "_recording"},
    "sigma_lognormal": {"_input", "_recording"},
    "negatives": {"_input", "_recording", "datasets", "preprocessing", "sigma_lognormal"},
    "_scoring": {"_input", "nn"},
    "_onnx": {"_scoring", "nn"},
    "_training": {"_input", "_scoring", "nn"},
    "_classifiers": {"_input", "_onnx", "_scoring", "_training", "nn"},
    "_outliers": {"_classifiers", "_input", "negatives", "preprocessing"},
    "inspection": {"_input", "_recording", "preprocessing", "sigma_lognormal"},
    "export": {
        "_classifiers",
        "_input",
        "_onnx",
        "_outliers",
        "_recording",
        "negatives",
        "preprocessing",
    },
    "persistence": {"_classifiers", "_outliers", "negatives", "preprocessing", "sigma_lognormal"},
}


def room_of(path):
    """Return the folder, or the module, of the package that a file belongs to."""
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imported_rooms(path):
    """Yield the rooms that a file imports from."""
    folder = path.relative_to(PACKAGE).parent.parts
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.level:
            base = folder[: len(folder) - node.level + 1]
            module = [*base, *(node.module or "").split(".")]
            target = [part for part in module if part]
            yield from [target[0]] if target else [alias.name for alias in node.names]


ROOMS = sorted({room_of(path) for path in PACKAGE.rglob("*.py")} - {"__init__"})


@pytest.mark.parametrize("room", ROOMS)
def test_rooms_import_only_what_the_table_allows(room):
    files = [path for path in PACKAGE.rglob("*.py") if room_of(path) == room]
    for path in files:
        others = set(imported_rooms(path)) - {room} - EVERYWHERE
        assert others <= MAY_IMPORT[room], f"{path.name} imports {others - MAY_IMPORT[room]}"


def test_the_table_has_no_circle():
    done = set()
    while len(done) < len(MAY_IMPORT):
        ready = {room for room, others in MAY_IMPORT.items() if room not in done and others <= done}
        assert ready, f"a circle among {set(MAY_IMPORT) - done}"
        done |= ready


def test_no_two_modules_share_a_name():
    names = [path.name for path in PACKAGE.rglob("_*.py") if path.name != "__init__.py"]
    assert len(names) == len(set(names)), sorted(name for name in names if names.count(name) > 1)


def test_torch_is_imported_only_when_it_is_needed():
    code = (
        "import sys, sklearn_ffrnn.datasets, sklearn_ffrnn.inspection, sklearn_ffrnn.negatives;"
        "assert 'torch' not in sys.modules;"
        "assert set(sklearn_ffrnn.__all__) <= set(dir(sklearn_ffrnn));"
        "from sklearn_ffrnn import *; FFRNNClassifier, HumanMovementDetector, load"
    )
    environment = {**os.environ, "PYTHONPATH": str(PACKAGE.parent)}
    subprocess.run([sys.executable, "-c", code], check=True, env=environment)
    with pytest.raises(AttributeError, match="'sklearn_ffrnn' has no attribute 'Classifier'"):
        sklearn_ffrnn.Classifier
