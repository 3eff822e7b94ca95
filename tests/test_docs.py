"""The reference lists every public name."""

import pkgutil
import re
from pathlib import Path

import pytest

import sklearn_ffrnn

REFERENCE = Path(__file__).parents[1] / "docs" / "reference" / "index.rst"
INSIDE = [module.name for module in pkgutil.iter_modules(sklearn_ffrnn.__path__)]
PUBLIC = ["sklearn_ffrnn", *(f"sklearn_ffrnn.{name}" for name in INSIDE if name[0] != "_")]


@pytest.mark.parametrize("name", PUBLIC)
def test_every_public_name_has_a_page(name):
    listed = re.findall(r"^   ([\w.]+)$", REFERENCE.read_text(encoding="utf-8"), re.MULTILINE)
    pages = [pkgutil.resolve_name(f"sklearn_ffrnn.{page}") for page in listed]
    module = pkgutil.resolve_name(name)
    missing = [public for public in module.__all__ if getattr(module, public) not in pages]
    assert not missing, f"give {missing} a line each in docs/reference/index.rst"
