"""What a class struggles with: symptoms and how many students ran into each."""

import csv
import io
import os
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from html import escape
from pathlib import Path
from typing import Any

from lmgrade.export import inert
from lmgrade.grading.result import one_line
from lmgrade.nbgrader.records import RECORDS, read_record
from lmgrade.notebook.assignment import Refused, expect_known, find_source, is_name
from lmgrade.notebook.release import write_whole

ID = re.compile(r"\[([\w.-]+)\]\s*$")
WAITS = re.compile(r"needs `([\w-]+)` first")
KIND = re.compile(r"\b([A-Z]\w*(?:Error|Exception|Interrupt|Iteration|Exit))\b")
LIMIT = re.compile(r"used more than .* of computing time|your code waited for")
LINE = re.compile(r" \((?:line \d+ of|in cell) .*\)|\bcell \d+: ")  # a student's own words
NUMBER = re.compile(r"0x[0-9a-f]+|\d+")
NO_WORK = "nothing to run"  # as the file is no notebook: nothing to talk about in a lecture
CHAPTERS = re.compile(r"goes\s+with\s+(chapters?\s+[\d–, and]*\d)")
TOP = 15


@dataclass
class Symptom:
    """A message id, the test that it was first seen in, who got it in which words, and its cost."""

    assignment: str
    id: str
    test: str
    messages: dict[str, str] = field(default_factory=dict)
    points_lost: float = 0.0

    @property
    def example(self) -> str:
        """What most students read, without any student's own line of code."""
        texts = Counter(LINE.sub("", text) for text in self.messages.values())
        return texts.most_common(1)[0][0]


def graded_assignments(root: Path) -> list[str]:
    """Those of which something was noted."""
    return sorted({path.parent.name for path in (root / RECORDS).glob("*/*.json")})


def read_records(course: Any, name: str) -> list[dict[str, Any]]:
    """What `lmgrade autograde` noted of each submission that is still there.

    If none is there, all were put away after grading, and all count.
    """
    root = Path(course.root)
    folder = root / RECORDS / name
    files = sorted(folder.iterdir()) if is_name(name) and folder.is_dir() else []
    paths = [path for path in files if path.suffix == ".json"]
    if not paths:
        expect_known(name, Path(course.source_directory))
        text = f"nothing was graded for {name!r} in {root.resolve()}"
        raise Refused(f"{text}; run: lmgrade autograde {name}")
    records = [_read_record(path, name) for path in paths]
    there = [record for record in records if os.path.lexists(root / record.get("folder", ""))]
    return there or records


def _read_record(path: Path, name: str) -> dict[str, Any]:
    record = read_record(path)
    lists = [record.get("tests"), record.get("flags")]
    if "student" not in record or not all(isinstance(part, list) for part in lists):
        again = f"lmgrade autograde {name} --student {path.stem} --force"
        raise Refused(f"{path} is broken; run: {again}")
    return record


def is_recorded(record: dict[str, Any]) -> bool:
    """Whether the grade was written; if not, no fingerprint of the submission was noted."""
    return record.get("submitted") != ""


def symptoms(name: str, records: Sequence[dict[str, Any]]) -> list[Symptom]:
    """Group messages by their cause; a student counts once for each.

    Where a test waits for another one, its points are lost by what that one has found.
    """
    found: dict[str, Symptom] = {}
    for record in records:
        told = {test["grade_id"]: test for test in record["tests"] if test["message"]}
        for test in told.values():
            waits = WAITS.search(test["message"])
            cause = told.get(waits[1], test) if waits else test
            id, message = _cause(cause["message"])
            id = NO_WORK if record.get("unreadable") else id
            symptom = found.setdefault(id, Symptom(name, id, cause["grade_id"]))
            symptom.messages.setdefault(record["student"], message)
            symptom.points_lost += test["max_score"] - test["score"]
    return list(found.values())


def _cause(message: str) -> tuple[str, str]:
    """What a message is counted under, and its text: exceptions by theirs, one for time limits."""
    named, text = ID.search(message), ID.sub("", message).strip()
    if LIMIT.search(text):
        return "time limit", text
    if named and not named[1].endswith((".raises", ".not-written")):
        return named[1], text
    kind = KIND.search(text)
    if kind and kind[1] != "NotImplementedError":
        return NUMBER.sub("…", LINE.sub("", text[kind.start() :]))[:60], text
    return (named[1] if named else text[:60]), text


class Report:
    """The symptoms of one or more assignments: as text, table, picture and page."""

    def __init__(self, records: dict[str, list[dict[str, Any]]], sources: Path) -> None:
        self.totals = {name: len(found) for name, found in records.items()}
        self.chapters = {name: _chapters(sources, name) for name in records}
        self.found = [each for name, noted in records.items() for each in symptoms(name, noted)]
        self.found.sort(key=lambda s: (-self.share(s), -s.points_lost, s.id))
        self.title = ", ".join(records) if len(records) < 3 else "The course"

    def share(self, symptom: Symptom) -> float:
        """The part of the students who ran into it."""
        return len(symptom.messages) / self.totals[symptom.assignment]

    def label(self, symptom: Symptom) -> str:
        """The symptom, with its assignment where there are several."""
        prefix = f"{symptom.assignment}."
        is_plain = len(self.totals) == 1 or symptom.id.startswith(prefix)
        return symptom.id if is_plain else prefix + symptom.id

    def text(self) -> str:
        """The symptoms for a terminal, across a course the most frequent ones."""
        if not self.found:
            return f"Every test is passed by every submission ({sum(self.totals.values())})."
        lines = [f"{'students':>9}  {'points':>6}  symptom"]
        shown = self.found if len(self.totals) == 1 else self.found[:TOP]
        for symptom in shown:
            share = f"{len(symptom.messages)}/{self.totals[symptom.assignment]}"
            chapters = self.chapters[symptom.assignment] if len(self.totals) > 1 else ""
            where = f"  ({chapters})" if chapters else ""
            lines.append(f"{share:>9}  {symptom.points_lost:>6g}  {self.label(symptom)}{where}")
            lines.append(f"{'':>19}{symptom.example[:100]}")
        return "\n".join(lines)

    def write_csv(self, path: Path) -> None:
        """One line for each symptom and student, with the student's own message."""
        with path.open("w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file)
            writer.writerow(["assignment", "symptom", "student", "message"])
            for symptom in self.found:
                for who, message in symptom.messages.items():
                    writer.writerow(inert([symptom.assignment, symptom.id, who, message]))

    def write_plot(self, target: Any, kind: str = "") -> None:
        """A bar for each of the most frequent symptoms; the target is a path or an open file."""
        from matplotlib.figure import Figure

        top = self.found[:TOP][::-1]
        figure = Figure(figsize=(8, 1.2 + 0.35 * max(len(top), 1)), layout="constrained")
        axes = figure.subplots()
        bars = axes.barh(range(len(top)), [100 * self.share(symptom) for symptom in top])
        counts = [f"{len(s.messages)} of {self.totals[s.assignment]}" for s in top]
        axes.bar_label(bars, counts, padding=3)
        # Where an id is the text of an error, a `$` in it would begin a formula.
        axes.set_yticks(range(len(top)), map(self.label, top), parse_math=False)
        axes.set_xlim(0, 115)
        axes.set_xticks(range(0, 101, 25))
        axes.set_xlabel("students in percent")
        axes.set_title(f"{self.title}: what students ran into")
        figure.savefig(target, format=kind or target.suffix[1:] or "png")

    def write_html(self, path: Path) -> None:
        """A page for the next lecture: the picture and what to say first; it names nobody."""
        picture = io.StringIO()
        self.write_plot(picture, "svg")
        _, _, svg = picture.getvalue().partition("<svg")
        svg = f'<svg role="img" aria-label="a bar for each symptom: how many students"{svg}'
        told = [symptom for symptom in self.found if symptom.id != NO_WORK]
        parts = "".join(map(self._section, told[:3]))
        write_whole(path, PAGE.format(title=escape(self.title), picture=svg, parts=parts))

    def _section(self, symptom: Symptom) -> str:
        count = f"{len(symptom.messages)} of {self.totals[symptom.assignment]} students"
        chapters = self.chapters[symptom.assignment]
        lines = [count + (f" · {chapters}" if chapters else ""), symptom.example]
        lines += [f"Hint: {hint}" for hint in _hints(symptom)[:1]]
        texts = "".join(f"<p>{escape(line)}</p>" for line in lines)
        return f"<section><h2>{escape(self.label(symptom))}</h2>{texts}</section>"


PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}: what students ran into</title>
<style>
:root {{ color-scheme: light dark; }}
body {{ max-width: 52rem; margin: 0 auto; padding: 1rem; font: 1.25rem/1.5 system-ui, sans-serif;
  overflow-wrap: anywhere; }}
svg {{ width: 100%; height: auto; background: #fff; }}
</style>
</head>
<body>
<main>
<h1>{title}: what students ran into</h1>
{picture}
{parts}
</main>
</body>
</html>
"""


def _chapters(sources: Path, name: str) -> str:
    """Which chapters an assignment goes with, as its first cell says."""
    try:
        text = find_source(sources, name).read_text(encoding="utf-8")[:5000]
    except (Refused, OSError):
        return ""
    found = CHAPTERS.search(text.replace("\n#", "\n"))
    return " ".join(found[1].split()) if found else ""


def _hints(symptom: Symptom) -> list[str]:
    """Where a check of `lmlib` has named the symptom, the hints that students can ask for."""
    if not ID.match(f"[{symptom.id}]") or symptom.id.endswith(".not-written"):
        return []
    try:
        from lmlib.checks.hints import hints_for

        return hints_for(symptom.assignment, symptom.test)
    except (ImportError, OSError):
        return []


def flagged(records: Sequence[dict[str, Any]]) -> str:
    """Every flagged submission with its reasons."""
    lines = []
    for record in records:
        who = one_line(record["student"])
        flags = record["flags"] if is_recorded(record) else record["flags"][-1:]  # why it failed
        lines += [f"{who}: {flag}" for flag in flags]
    return "\n".join(lines) or f"None of {len(records)} submissions is flagged."
