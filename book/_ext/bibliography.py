"""The bibliography's labels read as its citations do: `[Press and Wolf, 2017]`, not `[PW17]`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from pybtex.database import Entry
from pybtex.plugin import register_plugin
from pybtex.style.formatting.plain import Style as PlainStyle
from pybtex.style.labels import BaseLabelStyle
from sphinx.application import Sphinx

from book._tools.roles import authors_and_year

STYLE = "author_year"


class Labels(BaseLabelStyle):
    def format_labels(self, sorted_entries: Iterable[Entry]) -> Iterator[str]:
        return (", ".join(authors_and_year(entry.key)) for entry in sorted_entries)


class Style(PlainStyle):
    default_label_style = Labels


def setup(app: Sphinx) -> dict[str, object]:
    register_plugin("pybtex.style.formatting", STYLE, Style)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
