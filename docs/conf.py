"""How Sphinx builds these pages: ``make docs``. Nothing is fetched while it builds."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent / "_ext"))

import sklearn_ffrnn

project = "sklearn_ffrnn"
author = "The sklearn_ffrnn developers"
release = sklearn_ffrnn.__version__

extensions = [
    "mathml",
    "matplotlib.sphinxext.plot_directive",
    "myst_parser",
    "numpydoc",
    "sphinx.ext.autodoc",
    "sphinx.ext.autosummary",
    "sphinx.ext.viewcode",
    "sphinx_gallery.gen_gallery",
]
templates_path = ["_templates"]
exclude_patterns = ["_build", "_ext", "_templates"]
# A reference that leads nowhere is a warning, and `make docs` takes warnings for errors. Pages of
# other projects can't be asked where theirs lead: there may be no network.
nitpicky = True
nitpick_ignore_regex = [("py:.*", r"(joblib|numpy|pandas|sklearn|skorch|torch)\..*")]

html_theme = "pydata_sphinx_theme"
html_title = "sklearn_ffrnn"
html_theme_options = {
    "navbar_end": ["theme-switcher"],
    "show_prev_next": False,
}
html_show_sourcelink = False
# Pages that stand alone have no list of neighbours to show.
html_sidebars = {page: [] for page in ("benchmarks", "changelog", "contributing", "reproduction")}
toc_object_entries_show_parents = "hide"
html_math_renderer = "mathml"

# Docstrings say types in words, with shapes and units.
autodoc_typehints = "none"
numpydoc_show_class_members = False
myst_heading_anchors = 3

# Pictures of the guide: docs/figures, drawn while the pages are built.
plot_formats = ["svg"]
plot_html_show_formats = False
plot_html_show_source_link = False
plot_rcparams = {"figure.constrained_layout.use": True, "font.size": 10, "svg.hashsalt": "docs"}
plot_apply_rcparams = True

# Every examples/plot_*.py is a page of the gallery.
sphinx_gallery_conf = {
    "examples_dirs": "../examples",
    "gallery_dirs": "auto_examples",
    "ignore_pattern": r"(^|/)(?!plot_)[^/]*\.py$",
    "backreferences_dir": "auto_examples/backreferences",
    "doc_module": ("sklearn_ffrnn",),
    "abort_on_example_error": True,
    "download_all_examples": False,
    "show_signature": False,
    "write_computation_times": False,
}


def leave_programs_out(app: Any, config: Any) -> None:
    """Take only folders with a header in reStructuredText for galleries.

    The folders of programs, such as examples/benchmarks, have a README.md.
    """
    config.sphinx_gallery_conf["source_suffix"] = {".rst": "restructuredtext"}


def skip_member(app: Any, what: str, name: str, member: Any, skip: bool, options: Any) -> bool:
    """Leave out what a class has from scikit-learn, torch or namedtuple."""
    theirs = (getattr(member, "__module__", None) or "").startswith(("sklearn.", "torch."))
    return skip or theirs or "Alias for field number" in (getattr(member, "__doc__", None) or "")


def find_in_any_module(app: Any, env: Any, node: Any, contnode: Any) -> Any:
    """Find a name of ours whichever module it is in, so that docstrings need not say."""
    if node.get("refdomain") != "py":
        return None
    node["refspecific"] = True
    return env.domains["py"].resolve_xref(
        env, node["refdoc"], app.builder, node["reftype"], node["reftarget"], node, contnode
    )


def setup(app: Any) -> None:
    """Connect the above."""
    app.connect("config-inited", leave_programs_out)
    app.connect("autodoc-skip-member", skip_member)
    app.connect("missing-reference", find_in_any_module)
