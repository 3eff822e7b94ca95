"""The reference lists every public name."""

import pkgutil
import re

import pytest

import sklearn_ffrnn
from tests.helpers import ROOT

REFERENCE = ROOT / "docs" / "reference" / "index.rst"
INSIDE = [module.name for module in pkgutil.iter_modules(sklearn_ffrnn.__path__)]
PUBLIC = ["sklearn_ffrnn", *(f"sklearn_ffrnn.{name}" for name in INSIDE if name[0] != "_")]


def pages():
    """Return what the reference has a page of."""
    for line in REFERENCE.read_text(encoding="utf-8").splitlines():
        if found := re.fullmatch(r"\.\. automodule:: (\S+)", line):
            module = found[1]
        elif found := re.fullmatch(r" {3}(\w+)", line):
            yield pkgutil.resolve_name(f"{module}.{found[1]}")


@pytest.mark.parametrize("name", PUBLIC)
def test_every_public_name_has_a_page(name):
    module = pkgutil.resolve_name(name)
    documented = list(pages())
    missing = [public for public in module.__all__ if getattr(module, public) not in documented]
    assert not missing, f"give {missing} a line each in docs/reference/index.rst"
