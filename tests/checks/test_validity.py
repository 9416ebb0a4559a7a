"""No right work is rejected, no wrong work is accepted, and each slip gets its own message."""

import json
import subprocess
import sys

import pytest

from lmgrade.notebook.release import names
from lmlib import results
from tests import needs
from tests.validity.judge import HERE, Verdict, assignments, judge_all, student_files

TABLE = results.load("validity")["assignments"]


@pytest.mark.quick
@pytest.mark.parametrize("name", names())
def test_there_are_enough_samples(name):
    folders = [path.parent.name for path in student_files(name)]
    assert folders.count("right") >= 4, "too few right samples"
    assert folders.count("wrong") >= 6, "too few wrong samples"


@pytest.mark.parametrize("name", sorted({*assignments(), *TABLE}))
def test_the_published_table_counts_every_sample(name):
    folders = [path.parent.name for path in student_files(name)]
    assert folders, f"delete the row of {name} from benchmarks/results/validity.json"
    counted = {"right": folders.count("right"), "wrong": folders.count("wrong")}
    published = {key: TABLE.get(name, {}).get(key) for key in counted}
    assert published == counted, f"run `python -m tests.validity {name}`, then `make numbers`"


def judge(name, seed, files):
    for verdict in judge_all(name, [seed], files=files):
        assert verdict.first_messages == [verdict.expected], verdict.path


@pytest.mark.quick
@pytest.mark.parametrize("name", assignments())
def test_verdicts_and_messages_of_the_tests_that_students_see(name):
    judge(name, None, student_files(name)[::16])


@pytest.mark.parametrize("name", assignments())
def test_verdicts_and_messages_of_the_hidden_tests(name):
    """On one seed and a third of the files; `make validity` takes twenty, and all."""
    judge(name, 1, student_files(name)[1::3])


@pytest.mark.quick
@pytest.mark.parametrize("name", assignments())
def test_what_is_known_to_pass_says_why(name):
    for path in (HERE / name).glob("beyond/*.py"):
        text = path.read_text(encoding="utf-8")
        assert text.startswith("# beyond: "), f"{path} doesn't start with `# beyond: why`"


@pytest.mark.parametrize("name", assignments()[::2])
def test_the_grader_gives_the_same_verdicts(name):
    """Across the process boundary the first message of a file is the same as in its own process."""
    files = student_files(name)[::20]
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
