"""What a class struggles with: symptoms and how many students ran into each."""

import csv
import json
import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lmgrade.export import inert
from lmgrade.grading.result import one_line
from lmgrade.nbgrader.records import RECORDS
from lmgrade.notebook.assignment import Refused, expect_known, is_name, sources_of

ID = re.compile(r"\[([\w.-]+)\]\s*$")


@dataclass(frozen=True)
class Symptom:
    """A message id, who got it in which words, and the points that it cost all of them."""

    id: str
    messages: dict[str, str]
    points_lost: float


def read_records(root: Path, name: str, sources: Path | None = None) -> list[dict[str, Any]]:
    """What `lmgrade autograde` noted of each submission that is still there.

    If none is there, all were put away after grading, and all count.
    """
    paths = _records(root / RECORDS / name) if is_name(name) else []
    if not paths:
        expect_known(name, sources or sources_of(root))
        text = f"nothing was graded for {name!r} in {root.resolve()}"
        raise Refused(f"{text}; run: lmgrade autograde {name}")
    records = [_read_record(path, name) for path in paths]
    there = [record for record in records if os.path.lexists(root / record.get("folder", ""))]
    return there or records


def _records(folder: Path) -> list[Path]:
    try:
        return sorted(path for path in folder.iterdir() if path.suffix == ".json")
    except FileNotFoundError:
        return []


def _read_record(path: Path, name: str) -> dict[str, Any]:
    try:
        record = json.loads(path.read_text(encoding="utf-8"))
    except ValueError:
        record = None
    lists = isinstance(record, dict) and [record.get(key) for key in ("tests", "flags")]
    if not lists or "student" not in record or not all(isinstance(part, list) for part in lists):
        again = f"lmgrade autograde {name} --student {path.stem} --force"
        raise Refused(f"{path} is broken; run: {again}")
    return record


def is_recorded(record: dict[str, Any]) -> bool:
    """Whether the grade was written; if not, no fingerprint of the submission was noted."""
    return record.get("submitted") != ""


def symptoms(records: Sequence[dict[str, Any]]) -> list[Symptom]:
    """Group messages by their id, most frequent first; a student counts once for each."""
    found: dict[str, Symptom] = {}
    for record in records:
        for test in record["tests"]:
            if not test["message"]:
                continue
            named = ID.search(test["message"])
            id = named[1] if named else test["message"][:60]
            before = found.get(id, Symptom(id, {}, 0.0))
            own = {record["student"]: ID.sub("", test["message"]).strip()}
            lost = before.points_lost + test["max_score"] - test["score"]
            found[id] = Symptom(id, own | before.messages, lost)
    return sorted(found.values(), key=lambda symptom: (-len(symptom.messages), symptom.id))


def table(found: Sequence[Symptom], total: int) -> str:
    """The symptoms as text."""
    if not found:
        return f"Every test is passed by every submission ({total})."
    lines = [f"{'students':>9}  {'points':>6}  symptom"]
    for symptom in found:
        share = f"{len(symptom.messages)}/{total}"
        lines.append(f"{share:>9}  {symptom.points_lost:>6g}  {symptom.id}")
        lines.append(f"{'':>19}{next(iter(symptom.messages.values()))[:100]}")
    return "\n".join(lines)


def write_csv(found: Sequence[Symptom], path: Path) -> None:
    """One line for each symptom and student."""
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["symptom", "student", "message"])
        for symptom in found:
            rows = ([symptom.id, who, message] for who, message in symptom.messages.items())
            writer.writerows(map(inert, rows))


def plot(found: Sequence[Symptom], total: int, name: str, path: Path) -> None:
    """A bar for each of the most frequent symptoms."""
    from matplotlib.figure import Figure
    from matplotlib.ticker import MaxNLocator

    top = found[:15][::-1]
    figure = Figure(figsize=(8, 1.2 + 0.35 * max(len(top), 1)), layout="constrained")
    axes = figure.subplots()
    axes.barh(range(len(top)), [len(symptom.messages) for symptom in top])
    # Where an id is the text of an error, a `$` in it would begin a formula.
    axes.set_yticks(range(len(top)), [symptom.id for symptom in top], parse_math=False)
    axes.set_xlim(0, total)
    axes.set_xlabel(f"students out of {total}")
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.set_title(f"{name}: what students ran into")
    figure.savefig(path, format=path.suffix[1:] or "png")


def flagged(records: Sequence[dict[str, Any]]) -> str:
    """Every flagged submission with its reasons."""
    lines = []
    for record in records:
        who = one_line(record["student"])
        flags = record["flags"] if is_recorded(record) else record["flags"][-1:]  # why it failed
        lines += [f"{who}: {flag}" for flag in flags]
    return "\n".join(lines) or f"None of {len(records)} submissions is flagged."
