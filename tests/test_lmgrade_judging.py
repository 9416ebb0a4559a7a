"""What a test cell is worth, and which of its lines are run."""

from types import SimpleNamespace
from typing import Any

import pytest

from lmgrade.assignment import Cell
from lmgrade.judging import judge


def run(source: str, points: float = 3) -> tuple[float, str, list[str]]:
    """Judge a cell whose `check` notes which properties are asked for, and of what."""
    asked: list[str] = []

    def noting(prefix: str) -> Any:
        return lambda subject: asked.append(f"{prefix}rate({subject})")

    check = SimpleNamespace(rate=noting(""), grade=SimpleNamespace(rate=noting("grade.")))
    score, message = judge(Cell("cell", "test", source, points), {"check": check})
    return score, message, asked


@pytest.mark.parametrize(
    ("source", "asked"),
    [
        ("check.rate(1)\ncheck.grade.rate(1)", ["grade.rate(1)"]),
        ("check.rate(1)", ["rate(1)"]),
        ("check.rate(2)\ncheck.grade.rate(1)", ["rate(2)", "grade.rate(1)"]),
        ("check.grade.rate(1)", ["grade.rate(1)"]),
    ],
)
def test_a_preview_is_left_out_only_where_the_same_property_is_graded(
    source: str, asked: list[str]
) -> None:
    assert run(source) == (3, "", asked)


@pytest.mark.parametrize(
    ("source", "score", "message"),
    [
        ("assert False, 'why'", 0, "why"),
        ("1 / 0", 0, "ZeroDivisionError: division by zero"),
        ("1.5", 1.5, ""),
        ("7", 3, ""),
        ("-7", 0, ""),
        ("float('nan')", 0, ""),
        ("True", 3, ""),
        ("", 3, ""),
    ],
)
def test_the_last_value_is_partial_credit_within_the_points(
    source: str, score: float, message: str
) -> None:
    assert run(source)[:2] == (score, message)
