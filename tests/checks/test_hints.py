"""Every property of every assignment has hints that can be stepped through."""

import importlib

import pytest

from lmgrade.notebook.release import names, solution_notebook, source_of
from lmlib.checks.hints import hints_for

pytestmark = pytest.mark.quick


@pytest.mark.parametrize("name", names())
def test_every_property_has_at_least_two_hints(name):
    suite = importlib.import_module(f"lmlib.checks.{name}").check
    assert suite.assignment == name
    for id in suite.properties:
        assert len(hints_for(name, id)) >= 2, id


@pytest.mark.parametrize("name", names())
def test_every_graded_cell_asks_for_a_property(name):
    suite = importlib.import_module(f"lmlib.checks.{name}").check
    sources = "\n".join(cell.source for cell in solution_notebook(source_of(name)).cells)
    for id in suite.properties:
        assert f"check.{id}(" in sources, f"{id} is never checked in the notebook"


def test_hints_come_one_by_one_and_start_again(capsys):
    suite = importlib.import_module("lmlib.checks.dropout").check
    count = len(hints_for("dropout", "rate"))
    for _ in range(count + 1):
        suite.hint("rate")
    printed = capsys.readouterr().out
    assert max(map(len, printed.splitlines())) <= 80  # or JupyterLab would break words
    given = printed.replace("\n", " ").split("Hint ")[1:]
    wanted = [f"{i} of {count}: {hint} " for i, hint in enumerate(hints_for("dropout", "rate"), 1)]
    assert given == [*wanted, wanted[0]]


def test_a_hint_for_an_unknown_property_lists_the_known_ones():
    suite = importlib.import_module("lmlib.checks.dropout").check
    with pytest.raises(AttributeError, match=r"there are: .*survivors"):
        suite.hint("survivor")
