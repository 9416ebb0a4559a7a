"""What a run of checks found, as a table for notebooks and as text for terminals."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from typing import NamedTuple

from lmlib.checks.symptom import Symptom

MARKS = {"failed": "✗", "not written yet": "…", "waits": "…", "passed": "✓"}  # in this order
# No colours: words and marks carry the verdict in light and dark themes alike.
COLUMNS = ("verdict", "property", "id", "what was seen")
STYLE = "text-align:left;vertical-align:top"
UNKNOWN_NAME = re.compile("it raised (NameError|UnboundLocalError)")  # no hint explains a typo


@dataclass(frozen=True)
class Outcome:
    """The verdict on one property; no symptom means that it holds."""

    id: str
    title: str
    symptom: Symptom | None
    waits_for: str | None = None  # the property that has to hold before this one says anything

    @property
    def status(self) -> str:
        if self.symptom is None:
            return "passed"
        if self.waits_for:
            return "waits"
        return "not written yet" if self.symptom.id.endswith(".not-written") else "failed"

    @property
    def message(self) -> str:
        return "" if self.symptom is None else str(self.symptom)


class Row(NamedTuple):
    """One line of the table: one cause, however many properties it concerns."""

    status: str
    title: str
    ids: str
    seen: str


@dataclass(frozen=True, repr=False)
class Report:
    """All verdicts of one run; a notebook shows it as a table."""

    assignment: str
    outcomes: list[Outcome]
    said: str  # what else there is to tell
    left: int  # how many properties were not judged, since the run was interrupted

    @property
    def passed(self) -> bool:
        return not self.left and all(outcome.symptom is None for outcome in self.outcomes)

    @property
    def summary(self) -> str:
        held = sum(outcome.symptom is None for outcome in self.outcomes)
        judged = len(self.outcomes)
        if self.left:
            text = f"{judged} of {judged + self.left} properties checked, {held} passed"
            return f"{self.assignment}: interrupted, {text}"
        return f"{self.assignment}: {held} of {judged} properties hold"

    @property
    def advice(self) -> str:
        failed = [
            o.id
            for o in self.outcomes
            if o.status == "failed" and not UNKNOWN_NAME.match(o.message)
        ]
        stuck = f'Stuck? check.hint("{failed[0]}") gives a hint.' if failed else ""
        return "\n".join(filter(None, [self.said, stuck]))

    def rows(self) -> Iterator[Row]:
        """What fails first; properties with one cause, whatever the numbers, share a row."""
        groups: dict[tuple[str, str], list[Outcome]] = {}
        for o in self.outcomes:
            cause = o.id if o.status == "passed" else o.waits_for or re.sub(r"\d+", "0", o.message)
            groups.setdefault((o.status, cause), []).append(o)
        order = list(MARKS)
        for (status, cause), found in sorted(groups.items(), key=lambda g: order.index(g[0][0])):
            first, count = found[0], len(found)
            title = first.title if count == 1 else f"{count} properties"
            seen = f"needs `{cause}` first" if status == "waits" else first.message
            yield Row(status, title, ", ".join(o.id for o in found), seen)

    def __repr__(self) -> str:
        rows = list(self.rows())
        width = max((len(row.ids) for row in rows if len(row.ids) < 30), default=0) + 2
        lines = [self.summary]
        for row in rows:
            lines.append(f"{MARKS[row.status]} {row.status:<16}{row.ids:<{width}} {row.title}")
            lines += [f"{'':<18}{row.seen}"] if row.seen else []
        return "\n".join([*lines, *filter(None, [self.advice])])

    def _repr_html_(self) -> str:
        rows = "".join(map(_html_row, self.rows()))
        head = "".join(f'<th scope="col" style="{STYLE}">{name}</th>' for name in COLUMNS)
        advice = "".join(f"<p>{escape(line)}</p>" for line in self.advice.splitlines())
        return (
            f"<table><caption>{escape(self.summary)}</caption>"
            f"<thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>{advice}"
        )


def _html_row(row: Row) -> str:
    bold = ";font-weight:bold" if row.status == "failed" else ""
    verdict = f"{MARKS[row.status]} {row.status}"
    cells = [escape(text) for text in (verdict, row.title, row.ids, row.seen)]
    styles = (f"{STYLE};white-space:nowrap{bold}", STYLE, STYLE, STYLE)
    pairs = zip(styles, cells, strict=True)
    return "<tr>" + "".join(f'<td style="{style}">{cell}</td>' for style, cell in pairs) + "</tr>"
