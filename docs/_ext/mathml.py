"""Formulas as MathML, which browsers draw by themselves: MathJax would come from the web."""

from __future__ import annotations

from typing import Any

from docutils import nodes
from docutils.utils.math import MathError
from docutils.utils.math.latex2mathml import tex2mathml
from sphinx.util import logging

LOGGER = logging.getLogger(__name__)


def visit_inline(translator: Any, node: nodes.math) -> None:
    """Write a formula into the line."""
    translator.body.append(to_mathml(node))
    raise nodes.SkipNode


def visit_display(translator: Any, node: nodes.math_block) -> None:
    """Write a formula on a line of its own."""
    formula = to_mathml(node, as_block=True)
    translator.body.append(f'<div style="margin: 1.15rem 0; overflow-x: auto">{formula}</div>')
    raise nodes.SkipNode


def to_mathml(node: nodes.Node, **options: bool) -> str:
    """Return a formula as MathML; warn, with its place, where it can't be read."""
    try:
        return str(tex2mathml(node.astext(), **options))
    except MathError as error:
        LOGGER.warning("formula can't be read: %s", error, location=node)
        return ""


def setup(app: Any) -> dict[str, bool]:
    """Offer ``html_math_renderer = "mathml"``."""
    app.add_html_math_renderer("mathml", (visit_inline, None), (visit_display, None))
    return {"parallel_read_safe": True, "parallel_write_safe": True}
