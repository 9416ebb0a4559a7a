"""What the page "How to use the course" tells a student to type works on a bare machine."""

import re
import subprocess
import sys
from importlib.metadata import distribution
from pathlib import Path

import nbformat
import pytest
from packaging.requirements import Requirement

from examples.__main__ import fill_in
from scripts.pin import closure

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "book" / "how-to-use.md").read_text(encoding="utf-8")
SHELL, POWERSHELL = (
    re.search(rf"^```{language}\n(.*?)```", PAGE, re.MULTILINE | re.DOTALL)[1].splitlines()
    for language in ("bash", "powershell")
)


def give(packages, site):
    """Link these packages of ours into another environment: what pip would have downloaded."""
    for package in packages:
        found = distribution(package)
        for name in {path.parts[0] for path in found.files} - {"..", "__pycache__"}:
            if not (site / name).exists():
                (site / name).symlink_to(found.locate_file(name))


@pytest.fixture(scope="module")
def student(tmp_path_factory):
    """Runs a line of the page in a copy of the course, with no git, no compiler and no network."""
    course = tmp_path_factory.mktemp("unpacked")
    for name in ("lmlib", "lmgrade", "benchmarks", "exercises", "pyproject.toml", "README.md"):
        (course / name).symlink_to(ROOT / name)
    (course / "bin").mkdir()
    (course / "bin" / "python3").symlink_to(sys.executable)
    bare = {
        "HOME": str(course),
        "PATH": str(course / "bin"),
        "PIP_NO_INDEX": "1",
        "PIP_NO_BUILD_ISOLATION": "0",  # pip's way to say that it may not download hatchling
        "JUPYTER_PLATFORM_DIRS": "1",
    }

    def run(line):
        return subprocess.run(
            line,
            shell=True,
            executable="/bin/sh",
            cwd=course,
            env=bare,
            capture_output=True,
            text=True,
            check=True,
        ).stdout

    make, install, _ = SHELL
    run(make)
    (site,) = course.glob("lm39/lib/python3*/site-packages")
    library = [Requirement(line) for line in distribution("lmlib").requires if "extra" not in line]
    needed = closure([*library, Requirement("jupyterlab"), Requirement("hatchling")])
    give(needed, site)
    assert "Successfully installed lmlib" in run(install)
    return run


def test_the_library_is_installed_without_the_tools(student):
    python = SHELL[1].split()[0]
    where = student(f"cd lm39 && ../{python} -c 'import lmlib; print(lmlib.__file__)'")
    assert "site-packages" in where
    assert (
        student(f"{python} -c 'import importlib.util as i; print(i.find_spec(\"nbgrader\"))'")
        == "None\n"
    )
    assert student(f"{python} -m jupyterlab --version").startswith(
        distribution("jupyterlab").version
    )


def test_an_assignment_runs_there_and_checks_itself(student, tmp_path):
    notebook = nbformat.read(ROOT / "exercises" / "dropout" / "dropout.ipynb", as_version=4)
    fill_in(notebook, ROOT / "examples" / "dropout" / "ada.py")
    nbformat.write(notebook, tmp_path / "dropout.ipynb")
    python = SHELL[1].split()[0]
    student(f"{python} -m nbconvert --to notebook --execute --inplace {tmp_path / 'dropout.ipynb'}")
    cells = nbformat.read(tmp_path / "dropout.ipynb", as_version=4).cells
    (checked,) = [cell for cell in cells if cell.source.startswith("check(Dropout)")]
    shown = checked.outputs[0].data["text/plain"]
    assert re.match(r"dropout: (\d+) of \1 properties hold", shown), shown


def test_windows_reads_the_same_commands():
    for unix, windows in zip(SHELL, POWERSHELL, strict=True):
        same = windows.replace("\\", "/").replace("/Scripts/", "/bin/")
        assert re.sub(r"^py ", "python3 ", same) == unix
