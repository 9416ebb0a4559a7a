"""The style of the book on paper and in readers: `keep.css`, and the colours of code."""

import re
from pathlib import Path

from pygments.formatters import HtmlFormatter

from book._tools.chapters import config

PAGED = re.compile(r"^@page.*?\n\n", re.DOTALL | re.MULTILINE)  # the rules for paper


def style(*, paper: bool) -> str:
    colours = config()["sphinx"]["config"]["html_theme_options"]["pygments_light_style"]
    code = HtmlFormatter(style=colours).get_style_defs(".highlight")
    own = Path(__file__).with_name("keep.css").read_text(encoding="utf-8")
    return f"{code}\n{own if paper else PAGED.sub('', own, count=1)}"
