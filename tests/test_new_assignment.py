"""What `make new-assignment` writes agrees with itself, and refuses what is there already."""

import re
from pathlib import Path

import pytest

from lmgrade.notebook.release import release
from lmlib.checks import Suite
from scripts import new_assignment

NAME = "tenth"


@pytest.fixture
def written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(new_assignment, "ROOT", tmp_path)
    new_assignment.main(NAME)
    return tmp_path


@pytest.fixture
def check(written: Path) -> Suite:
    names: dict[str, object] = {"__name__": f"lmlib.checks.{NAME}"}
    path = written / "lmlib" / "checks" / f"{NAME}.py"
    exec(compile(path.read_text(), str(path), "exec"), names)
    assert isinstance(names["check"], Suite)
    return names["check"]


def first_message(check: Suite, path: Path, seed: int) -> str | None:
    names: dict[str, object] = {}
    exec(path.read_text(), names)
    outcomes = check(names[NAME], seed=seed).outcomes
    return next((o.symptom.id for o in outcomes if o.symptom), None)


def test_its_checks_judge_its_samples(written: Path, check: Suite) -> None:
    samples = list((written / "tests" / "validity" / NAME).glob("*/*.py"))
    assert {path.parent.name for path in samples} == {"right", "wrong", "beyond"}
    for path in samples:
        wanted = path.read_text().split()[1] if path.parent.name == "wrong" else None
        for seed in range(3):
            assert first_message(check, path, seed) == wanted, path


def test_its_notebook_is_released_without_its_solution(written: Path) -> None:
    path, _ = release(NAME, written)
    assert "return 2 * x" not in path.read_text()
    assert "check.grade" not in path.read_text()


def test_its_parts_name_the_same_properties(written: Path, check: Suite) -> None:
    hints = (written / "lmlib" / "checks" / "hints" / f"{NAME}.md").read_text()
    solution = (written / "solutions" / f"{NAME}.py").read_text()
    assert re.findall(r"^## (\w+)", hints, re.MULTILINE) == list(check.properties)
    assert re.findall(r"check\.grade\.(\w+)", solution) == list(check.properties)


@pytest.mark.parametrize("name", ["", "Ten", "a-b", "../x", "lambda"])
def test_a_name_that_is_no_module_is_refused(name: str) -> None:
    with pytest.raises(SystemExit, match="no name for an assignment"):
        new_assignment.main(name)


def test_nothing_is_overwritten(written: Path) -> None:
    with pytest.raises(SystemExit, match="is there already"):
        new_assignment.main(NAME)
