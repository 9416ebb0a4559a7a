"""Student code finds nothing of lmlib to hand in, and what it may use of lmlib works."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from lmgrade.assignment import load
from lmgrade.pool import Pool
from lmgrade.result import Result
from lmgrade.submission import from_code

ROOT = Path(__file__).parents[1]
ASSIGNMENT = load("dropout", ROOT)
RIGHT = (ROOT / "tests/validity/dropout/right/rand_where.py").read_text()


SANDBOXES = [
    pytest.param(True, marks=pytest.mark.needs("bubblewrap"), id="sandbox"),
    pytest.param(False, id="no sandbox"),
]


@pytest.fixture(scope="module", params=SANDBOXES)
def pool(request: pytest.FixtureRequest) -> Iterator[Pool]:
    with Pool(workers=1, sandbox=request.param) as pool:
        yield pool


def grade(pool: Pool, code: str) -> Result:
    ((_, result),) = pool.grade([(None, ASSIGNMENT, from_code(ASSIGNMENT, code))])
    return result


@pytest.mark.parametrize(
    "code",
    [
        "from lmlib import Dropout",
        "import lmlib\nDropout = lmlib.Dropout",
        "from lmlib.dropout import Dropout",
        "import lmlib.dropout as d\nDropout = d.Dropout",
        "import importlib\nDropout = importlib.import_module('lmlib.dropout').Dropout",
        "import lmlib\ndef Dropout(p=0.5):\n    return lmlib.Dropout(p)",
    ],
)
def test_what_lmlib_has_ready_earns_nothing(pool: Pool, code: str) -> None:
    result = grade(pool, code)
    assert result.score == 0
    text = "lmlib's own Dropout is not there while grading: write it yourself"
    assert all(text in test.message.replace("dropout.Dropout", "Dropout") for test in result.tests)


def test_subclassing_what_is_not_there_says_so(pool: Pool) -> None:
    result = grade(pool, "import lmlib\nclass Dropout(lmlib.Dropout):\n    pass")
    assert result.score == 0
    assert "write it yourself" in result.tests[0].message


@pytest.mark.parametrize(
    "extra",
    [
        "from lmlib import Dropout as Reference, LMModel1\nimport lmlib.models",
        "from lmlib.checks.dropout import check\nfrom lmlib.checks import Symptom",
        "from lmlib import *\nfrom lmlib.checks.dropout import *",
        "import lmlib, lmlib.corpus\nassert len(lmlib.human_numbers()) == 9998\n"
        "assert lmlib.corpus.number_name(7042) == 'seven thousand forty two'",
    ],
)
def test_imports_for_comparison_cost_nothing(pool: Pool, extra: str) -> None:
    result = grade(pool, f"{extra}\n{RIGHT}")
    assert (result.score, result.flags) == (result.max_score, [])


def test_checking_oneself_costs_nothing(pool: Pool) -> None:
    looks = """
from lmlib.checks.dropout import check
report = check(Dropout)
print(report, report.summary)
assert report.passed
check.hint("survivors")
check.survivors(Dropout)
for outcome in report.outcomes:
    assert outcome.symptom is None
"""
    result = grade(pool, f"{RIGHT}\n{looks}")
    assert result.score == result.max_score
    assert {error for _, error in result.outputs.values()} == {None}


SPY = """
import gc, os, sys
from torch import nn

shown = ["lmlib.corpus", "lmlib.checks.meters"]
found = [n for n, m in sys.modules.items() if n.startswith("lmlib") and hasattr(m, "__file__")]
found = [name for name in found if name not in shown]
for thing in gc.get_objects() + nn.Module.__subclasses__():
    module = getattr(thing, "__module__", None) if isinstance(thing, type) else None
    if str(module).startswith("lmlib") and module not in shown:
        found.append(f"{module}.{thing.__name__}")
for start in sys.path + ["/code", "/trusted", "/submission", sys.prefix]:
    for folder, _, files in os.walk(start):
        found += [f"{folder}/{f}" for f in files if "lmlib/" in f"{folder}/"]
assert not found, found
"""


@pytest.mark.needs("bubblewrap")
def test_neither_memory_nor_files_of_the_sandbox_hold_lmlib() -> None:
    with Pool(workers=1) as pool:
        result = grade(pool, SPY)
    assert {error for _, error in result.outputs.values()} == {None}
