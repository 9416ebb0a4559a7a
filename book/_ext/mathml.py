"""Formulas as MathML, made when the book is built: a page loads no script and no font for them."""

from __future__ import annotations

import html
import re

from docutils import nodes
from math_core import LatexError, LatexToMathML
from sphinx.application import Sphinx
from sphinx.util import logging
from sphinx.writers.html5 import HTML5Translator

logger = logging.getLogger(__name__)
# The annotation keeps the TeX, for whoever wants to copy it.
CONVERTER = LatexToMathML(annotation=True, fancy_error=False)
PUNCTUATION = re.compile(r"[.,;:!?)”]+")
EXTRA_SPACE = re.compile(r"\\\\\[[\d.]+\w\w\]")  # `\\[1ex]`: the style sheet gives room to rows


def mathml(node: nodes.Element, display: bool) -> str:
    """The node's TeX as `<math>`; a formula that can't be read fails a strict build."""
    tex = EXTRA_SPACE.sub(r"\\\\", node.astext().strip())
    if display and r"\\" in tex and r"\begin" not in tex:
        tex = rf"\begin{{aligned}}{tex}\end{{aligned}}"  # several lines, as in docstrings
    try:
        return CONVERTER.convert_with_local_state(tex, displaystyle=display)
    except LatexError as error:
        logger.warning("not a formula: %s (%s)", tex, error, location=node, type="book")
        return ""


def keep_punctuation(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """A full stop after a formula belongs to it: browsers would begin a line with it."""
    for node in list(doctree.findall(nodes.math)):
        text = node.next_node(descend=False, siblings=True)
        if isinstance(text, nodes.Text) and (found := PUNCTUATION.match(text)):
            node["punctuation"] = found[0]
            node.parent.replace(text, nodes.Text(text[found.end() :]))


def visit_inline(translator: HTML5Translator, node: nodes.math) -> None:
    formula, after = mathml(node, display=False), html.escape(node.get("punctuation", ""))
    translator.body.append(f'<span class="nowrap">{formula}{after}</span>' if after else formula)
    raise nodes.SkipNode


def visit_display(translator: HTML5Translator, node: nodes.math_block) -> None:
    start = translator.starttag(node, "div", CLASS="math notranslate nohighlight")
    translator.body.append(f"{start}{mathml(node, display=True)}</div>\n")
    raise nodes.SkipNode


def setup(app: Sphinx) -> dict[str, object]:
    app.add_html_math_renderer("mathml", (visit_inline, None), (visit_display, None))
    app.connect("doctree-resolved", keep_punctuation)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
