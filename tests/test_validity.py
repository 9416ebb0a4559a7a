"""No right work is rejected, no wrong work is accepted, and each slip gets its own message."""

import json
import subprocess
import sys

import pytest

from lmgrade.release import names
from lmlib import results
from tests import needs
from tests.validity.judge import Verdict, assignments, judge_all, student_files

# Symptoms that show only where both sides of the process boundary keep the same values in step.
MEMORY = {
    *("input-changed", "not-repeatable", "remembers", "result-changed", "same-mask"),
    *("streams-mixed", "weights-kept"),
}


def test_every_assignment_has_enough_samples():
    for name in names():
        folders = [path.parent.name for path in student_files(name)]
        assert folders.count("right") >= 8, f"{name}: too few right samples"
        assert folders.count("wrong") >= 25, f"{name}: too few wrong samples"


def test_the_published_table_counts_every_sample():
    rows = results.load("validity")["assignments"]
    assert sorted(rows) == assignments()
    for name, row in rows.items():
        folders = [path.parent.name for path in student_files(name)]
        counted = {"right": folders.count("right"), "wrong": folders.count("wrong")}
        assert {key: row[key] for key in counted} == counted, f"python -m tests.validity {name}"


@pytest.mark.parametrize("name", assignments())
def test_verdicts_and_messages(name):
    """By the tests that students see, and on one more seed; `make validity` takes twenty."""
    for verdict in judge_all(name, seeds=1):
        assert not verdict.misjudged, (verdict.path, verdict.first_messages)
        assert not verdict.misnamed, (verdict.path, verdict.first_messages, verdict.expected)


@pytest.mark.parametrize("name", assignments())
def test_the_grader_gives_the_same_verdicts(name):
    """Across the process boundary the first message of a file is the same as in its own process."""
    files = [
        path
        for number, path in enumerate(student_files(name))
        if number % 5 == 0 or (Verdict(path).expected or "").partition(".")[2] in MEMORY
    ]
    command = [sys.executable, "-m", "lmgrade.cli", "score", name, *map(str, files), "--json"]
    if not needs.sandbox():
        command.append("--no-sandbox")
    scores = json.loads(subprocess.run(command, capture_output=True, check=True, text=True).stdout)
    assert [score["file"] for score in scores] == [str(path) for path in files]
    for path, score in zip(files, scores, strict=True):
        failed = [test["message"] for test in score["tests"] if test["score"] < test["max_score"]]
        expected = Verdict(path).expected
        assert (expected is None) == (not failed), (path, failed)
        assert expected is None or failed[0].endswith(f"[{expected}]"), (path, failed[0])
