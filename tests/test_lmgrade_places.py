"""A test sees a notebook's names as they stood at its place, whatever later cells do to them."""

import tracemalloc
import warnings
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from lmgrade.assignment import Assignment, Cell, load
from lmgrade.cell import names_bound, names_called, names_in, names_used
from lmgrade.places import ABSENT, Places
from lmgrade.pool import Pool
from lmgrade.result import Result
from lmgrade.submission import from_cells, from_code
from tests import needs
from tests.test_lmgrade_engine import cell, messages

WORK = """
calls = 0
def count():
    return calls
def twice(x):
    return sum([x, x])
def double(x):
    global calls
    calls += 1
    return twice(x)
"""
TESTS = {
    "first": "assert double(2) == 4, 'first'",
    "second": "assert double(3) == 6, 'second'",
    "counted": "assert count() == 2, count()",
}


@pytest.fixture(scope="module")
def assignment(tmp_path_factory: pytest.TempPathFactory) -> Assignment:
    folder = tmp_path_factory.mktemp("course")
    (folder / "solutions").mkdir()
    text = cell("work", WORK, solution=True)
    text += "".join(cell(id, source, points=1) for id, source in TESTS.items())
    (folder / "solutions" / "toy.py").write_text(text)
    return load("toy", folder)


@pytest.fixture(scope="module")
def pool() -> Iterator[Pool]:
    with Pool(workers=1, sandbox=needs.sandbox()) as pool:
        yield pool


def code(source: str, id: str | None = None) -> dict[str, Any]:
    return {"cell_type": "code", "source": source, "metadata": {"nbgrader": {"grade_id": id}}}


def grade(pool: Pool, assignment: Assignment, work: str, *others: str) -> Result:
    """Grade a notebook of these cells; the name of a test stands for the test."""
    cells = [code(work, "work")]
    cells += [code(source, source if source in TESTS else None) for source in others]
    ((_, result),) = pool.grade([(None, assignment, from_cells(assignment, cells))])
    return result


@pytest.mark.parametrize(
    "last",
    [
        "def twice(x, y):\n    return x * y",
        "twice = 5",
        "del twice, double, count, calls",
        "globals().clear()",
        "sum = 7",
        "def double(x):\n    return x",
    ],
)
def test_a_cell_below_the_tests_costs_nothing(
    pool: Pool, assignment: Assignment, last: str
) -> None:
    result = grade(pool, assignment, WORK, *TESTS, last)
    assert (messages(result), result.flags) == ({}, [])


def test_nor_does_one_below_that_ends_the_process(pool: Pool, assignment: Assignment) -> None:
    ends = "import os\nos._exit(0)"
    result = grade(pool, assignment, WORK, "first", ends, "second", "counted", "twice = 5", ends)
    assert messages(result) == {}
    assert [flag[:7] for flag in result.flags] == ["cell 3:", "cell 7:"]


def test_a_helper_may_stand_below_the_tests(pool: Pool, assignment: Assignment) -> None:
    work, helper = WORK.replace("twice(x):", "other(x):"), "def twice(x):\n    return 2 * x"
    assert messages(grade(pool, assignment, work, *TESTS, helper)) == {}
    assert messages(grade(pool, assignment, "", *TESTS, WORK)) == {}


def test_a_test_above_a_repair_is_failed(pool: Pool, assignment: Assignment) -> None:
    work, repair = WORK.replace("sum([x, x])", "x"), "def twice(x):\n    return 2 * x"
    result = grade(pool, assignment, work, "first", repair, "second", "counted")
    assert messages(result) == {"first": "first"}
    assert result.flags == ["cells between tests of double replace twice"]


@pytest.mark.parametrize(
    ("between", "named"),
    [
        ("double = lambda x: 6", "double"),
        ("match lambda x: 6:\n    case double: pass", "double"),
        ("globals().update(double=lambda x: 6)", "double"),
        ("globals()['twice'] = lambda x: 6", "twice"),
        ("from operator import pos as twice", "twice"),
        ("sum = max", "sum"),
    ],
)
def test_another_solution_for_another_test_is_flagged(
    pool: Pool, assignment: Assignment, between: str, named: str
) -> None:
    result = grade(pool, assignment, WORK, "first", between, "second", "counted")
    assert result.tests[0].score == 1
    assert result.flags == [f"cells between tests of double replace {named}"]


def test_no_worker_can_deny_that_a_cell_between_tests_replaces_a_solution(
    pool: Pool, assignment: Assignment
) -> None:
    denies = "import lmgrade.places\nlmgrade.places.Places.replaced_for = lambda *_: []\n"
    between = f"{denies}double = lambda x: 6"
    result = grade(pool, assignment, WORK, "first", between, "second", "counted")
    assert result.flags == ["cells between tests of double replace double"]


def test_what_is_looked_up_by_other_means_is_the_same_at_all_tests(
    pool: Pool, assignment: Assignment
) -> None:
    work = WORK.replace("return twice(x)", "return globals()['twice'](x)")
    result = grade(pool, assignment, work, "first", "twice = lambda x: 6", "second", "counted")
    assert messages(result) == {"first": "first"}
    assert result.flags == []


@pytest.mark.parametrize(
    "trial",
    [
        "x = 5\nprint([twice(x) for _ in range(3)])",
        "class Trial:\n    x = 5\n    def twice(self):\n        return self.x",
        "import math\nfrom operator import pos as halved",
        "def again(x):\n    return twice(x)",
        WORK.replace("calls", "my_calls").replace("def ", "def my_"),
    ],
)
def test_a_trial_between_tests_is_no_concern(
    pool: Pool, assignment: Assignment, trial: str
) -> None:
    result = grade(pool, assignment, WORK, "x = 1", trial, "first", trial, "second", "counted")
    assert (messages(result), result.flags) == ({}, [])


@pytest.mark.parametrize("lie", ["['l', 7, ['l'], 'a b', '\\x1b[2J']", "'double'", "None", "1 / 0"])
def test_a_false_answer_about_names_earns_nothing_and_shows_nothing(
    pool: Pool, assignment: Assignment, lie: str
) -> None:
    work = f"{WORK}\nimport lmgrade.worker as w\nw.Worker.do_replaced = lambda *a: {lie}"
    result = grade(pool, assignment, work, "first", "double = None", "second", "counted")
    assert set(messages(result)) == {"second", "counted"}
    assert result.flags == ["cells between tests of double replace double"]


def test_what_calls_keep_under_a_name_stays() -> None:
    names: dict[str, object] = {"kept": 0, "helper": "old"}
    places = Places(names)
    places.note("cell 1", "def f():\n    return kept, helper")
    names["helper"] = "new"
    places.note("cell 2", "helper = 'new'")
    places.go_to("cell 1")
    assert names == {"kept": 0, "helper": "old"}
    names["kept"] = 1  # as a call may
    places.go_to("cell 2")
    assert names == {"kept": 1, "helper": "new"}


def test_a_name_that_comes_later_is_there_unless_python_has_it() -> None:
    names: dict[str, object] = {}
    places = Places(names)
    places.note("cell 1", "def f():\n    return helper, len, gone")
    names.update(helper=1, len=2)
    places.note("cell 2", "helper, len = 1, 2")
    places.go_to("cell 1")
    assert names == {"helper": 1}
    assert [places.value(name, "cell 1") for name in ("len", "gone")] == [ABSENT, ABSENT]
    places.go_to("cell 2")
    assert names == {"helper": 1, "len": 2}


@pytest.mark.parametrize(
    ("source", "called"),
    [
        ("def f(x):\n    return g(x)", {"g"}),
        ("h = lambda x: g(x)", {"g"}),
        ("class A(B):\n    c = d\n    def f(self):\n        return [g(x) for x in self]", {"g"}),
        ("[g(x) for x in y]\n{g(x): (lambda: h) for x in y}", {"h"}),
        ("%time\ndef f():\n    global g\n    g = 1", {"g"}),
        ("await g()\nasync def f():\n    await h()", {"h"}),
        ("def f(", set()),
    ],
)
def test_names_are_called_where_functions_look_them_up(source: str, called: set[str]) -> None:
    assert names_called(source) == called


def test_patterns_bind_names() -> None:
    source = "match 1:\n    case [a, *b] | {'k': 1, **c} | A(x=2 as d): pass\n    case _: pass"
    assert names_bound(source) == {"a", "b", "c", "d"}


def test_a_long_cell_is_not_parsed_where_nothing_limits_it(assignment: Assignment) -> None:
    """Python's parser takes gigabytes for a dotted name of 60,000 parts."""
    tracemalloc.start()
    submission = from_code(assignment, f"import {'a.' * 60_000}a\ndef area(r): return 1")
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 20 << 20
    assert any("def area" in step.source for step in submission.steps)
    assert names_in("x = long + 1" + " " * 5000, names_used) >= {"x", "long"}


@pytest.mark.parametrize("source", ["exec('double(1)')", "%%writefile a.py\ndouble(1)"])
def test_our_cells_are_run_for_python_in_a_text(source: str) -> None:
    """Else a name that only a text mentions is not there when the text is executed."""
    ours = Cell("ours", "plain", "def double(x): return 2 * x")
    course = Assignment("toy", (Cell("work", "solution", ""), ours))
    marks = {"nbgrader": {"grade_id": "work"}}
    texts = [{"cell_type": "code", "source": ours.source, "metadata": {}}]
    texts.append({"cell_type": "code", "source": source, "metadata": marks})
    assert [step.source for step in from_cells(course, texts).steps][-2:] == [ours.source, source]
    texts[-1]["source"] = "model.eval()"
    assert [step.source for step in from_cells(course, texts).steps][-1:] == ["model.eval()"]
    assert len(from_cells(course, texts).steps) < 2


@pytest.mark.parametrize("names", [names_used, names_bound])
def test_reading_a_cell_says_nothing(names: Callable[[str], frozenset[str]]) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert "x" in names("x = 1or 0")
