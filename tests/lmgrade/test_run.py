"""What a submission's code does to its own process costs it what it must, and no more."""

import re
from dataclasses import replace
from pathlib import Path

import pytest

from tests.lmgrade.forked import QUICK, grade

TEST = "assert f(3) == 9"
RIGHT = "def f(x): return x * x"
ENDINGS = {
    "an exit": "import os; os._exit(3)",
    "a crash": "import ctypes; ctypes.string_at(0)",
    "a signal": "import os; os.kill(os.getpid(), 9)",
}


@pytest.mark.parametrize("how", ENDINGS)
def test_a_call_that_ends_the_process_costs_its_own_test(how: str) -> None:
    broken = f"def g():\n    {ENDINGS[how]}"
    found = grade([RIGHT, broken], TEST, "g()", TEST)
    assert [test.score for test in found.tests] == [1, 0, 1]
    assert "your code ended the process" in found.tests[1].message
    assert found.flags


@pytest.mark.parametrize("how", ENDINGS)
def test_a_cell_that_ends_the_process_is_passed_over(how: str) -> None:
    found = grade([RIGHT, ENDINGS[how]], TEST)
    assert found.score == 1
    (flag,) = found.flags
    assert re.fullmatch(r"cell 2: .* \(no points lost\)", flag)


def test_a_process_that_ends_once_is_no_fault(tmp_path: Path) -> None:
    once = """import os
def g(path):
    if not os.path.exists(path):
        open(path, "w").close()
        os._exit(1)
    return 1
"""
    assert grade([once], f"assert g({str(tmp_path / 'ended')!r}) == 1").score == 1


def test_a_loop_without_end_is_interrupted() -> None:
    found = grade([RIGHT, "while True: pass", "def g():\n    while True: pass"], TEST, "g()", TEST)
    assert [test.score for test in found.tests] == [1, 0, 1]
    assert "1 s of computing time" in found.tests[1].message
    assert any("cell 2" in flag for flag in found.flags)
    assert "no points lost" not in str(found.flags)


def test_sleep_is_interrupted() -> None:
    limits = replace(QUICK, blocked=0.5)
    found = grade([RIGHT, "import time\ndef g(): time.sleep(99)"], "g()", TEST, limits=limits)
    assert [test.score for test in found.tests] == [0, 1]
    assert "waited" in found.tests[0].message


def test_a_loop_that_catches_everything_loses_its_process() -> None:
    stubborn = """def g():
    while True:
        try:
            while True: pass
        except BaseException: pass
"""
    found = grade([RIGHT, stubborn], "g()", TEST)
    assert [test.score for test in found.tests] == [0, 1]


def test_errors_name_the_line_of_the_student() -> None:
    (test,) = grade(["def f(x):\n    y = x\n    return y.shape"], TEST).tests
    assert test.message.startswith("AttributeError")
    assert "line 3 of your code: return y.shape" in test.message


def test_output_and_errors_of_cells_are_kept() -> None:
    found = grade(["print('one')\n1 + 1", "1 / 0", RIGHT], TEST)
    assert found.outputs["cell 1"] == ["one\n2\n", None]
    assert found.outputs["cell 2"][1].startswith("ZeroDivisionError")
    assert found.score == 1


CELLS = {
    "magic": "%matplotlib inline\n!ls\n%load_ext autoreload\ndef f(x): return x * x",
    "a timed cell": "%%time\ndef f(x): return x * x",
    "a timed statement": "%timeit -n 3 1 + 1\ndef f(x): return x * x",
    "pasted with prompts": ">>> def f(x):\n...     return x * x",
    "await": "import asyncio\nawait asyncio.sleep(0)\ndef f(x): return x * x",
    "help": "def f(x): return x * x\nf?",
    "another language": "%%bash\nexit 1",
    "a question": "name = input('who? ')",
    "annotations": "from __future__ import annotations\ndef f(x: Later): return x * x",
    "a display": "display(3)",
    "a breakpoint": "breakpoint()",
}


@pytest.mark.parametrize("name", CELLS)
def test_cells_run_as_in_a_notebook(name: str) -> None:
    found = grade([RIGHT, CELLS[name]], TEST)
    assert found.score == 1
    assert found.outputs["cell 2"][1] is None


def test_what_magic_writes_and_runs_is_there(tmp_path: Path) -> None:
    file = tmp_path / "tried.py"
    found = grade([f"%%writefile {file}\nprint('ran')", f"%run {file}"], TEST)
    assert found.outputs["cell 2"] == ["ran\n", None]
