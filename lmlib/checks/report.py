"""What a run of checks found, as a table for notebooks and as text for terminals."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from lmlib.checks.symptom import Symptom

MARKS = {"passed": "✓", "failed": "✗", "not written yet": "…"}
# No colours: words and marks carry the verdict in light and dark themes alike.
COLUMNS = ("verdict", "property", "id", "what was seen")
STYLE = "text-align:left;vertical-align:top"


@dataclass(frozen=True)
class Outcome:
    """The verdict on one property; no symptom means that it holds."""

    id: str
    title: str
    symptom: Symptom | None

    @property
    def status(self) -> str:
        if self.symptom is None:
            return "passed"
        return "not written yet" if self.symptom.id.endswith(".not-written") else "failed"

    @property
    def message(self) -> str:
        return "" if self.status == "passed" else str(self.symptom)


class Report:
    """All verdicts of one run; a notebook shows it as a table."""

    def __init__(self, assignment: str, outcomes: Sequence[Outcome]) -> None:
        self.assignment = assignment
        self.outcomes = list(outcomes)

    @property
    def passed(self) -> bool:
        return all(outcome.symptom is None for outcome in self.outcomes)

    @property
    def summary(self) -> str:
        held = sum(outcome.symptom is None for outcome in self.outcomes)
        return f"{self.assignment}: {held} of {len(self.outcomes)} properties hold"

    @property
    def advice(self) -> str:
        failed = [o.id for o in self.outcomes if o.status == "failed"]
        return f'Stuck? check.hint("{failed[0]}") gives a hint.' if failed else ""

    def __repr__(self) -> str:
        lines = [self.summary]
        for o in self.outcomes:
            lines.append(f"{MARKS[o.status]} {o.status:<16}{o.id:<18}{o.title}")
            if o.status == "failed":
                lines.append(f"{'':<18}{o.message}")
        return "\n".join([*lines, *filter(None, [self.advice])])

    def _repr_html_(self) -> str:
        rows = "".join(map(_row, self.outcomes))
        head = "".join(f'<th scope="col" style="{STYLE}">{name}</th>' for name in COLUMNS)
        return (
            f"<table><caption>{escape(self.summary)}</caption>"
            f"<thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"
            f"<p>{escape(self.advice)}</p>"
        )


def _row(o: Outcome) -> str:
    seen = o.message if o.status == "failed" else ""
    cells = [escape(text) for text in (f"{MARKS[o.status]} {o.status}", o.title, o.id, seen)]
    styles = (f"{STYLE};white-space:nowrap", STYLE, STYLE, STYLE)
    pairs = zip(styles, cells, strict=True)
    return "<tr>" + "".join(f'<td style="{style}">{cell}</td>' for style, cell in pairs) + "</tr>"
