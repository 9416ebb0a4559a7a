"""The repository itself: what may be committed, and that its documents tell the truth about it."""

import json
import re
import subprocess
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from lmgrade import cli
from scripts import readme_numbers

pytestmark = pytest.mark.quick

ROOT = Path(__file__).parents[1]
GUIDES = ["README.md", "CONTRIBUTING.md", "book/instructor-guide.md", "book/how-to-use.md"]


def git(*words):
    command = ["git", "-c", "safe.directory=*", *words]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def committed():
    """The files that git knows, as paths relative to the root."""
    listing = git("ls-files", "-z")
    if listing.returncode != 0:
        pytest.skip(f"not a git checkout: {listing.stderr.strip()}")
    return [Path(name) for name in listing.stdout.split("\0") if name and (ROOT / name).exists()]


def texts(committed, *suffixes):
    """(path, text) of each committed UTF-8 file, of the given suffixes if any are given."""
    for path in committed:
        if not suffixes or path.suffix in suffixes:
            try:
                yield path, (ROOT / path).read_text(encoding="utf-8")
            except UnicodeDecodeError:
                continue


def test_no_file_is_larger_than_a_megabyte(committed):
    large = [path for path in committed if (ROOT / path).lstat().st_size > 1_000_000]
    assert not large


def test_nothing_built_is_committed(committed):
    built = [p for p in committed if p.suffix in {".ipynb", ".pyc", ".db"} or "_build" in p.parts]
    # Colab opens the released ones; a course in nbgrader's own layout has notebooks as sources.
    meant = re.compile(r"exercises/(\w+)/\1\.ipynb|examples/\w+/source/(\w+)/\2\.ipynb")
    assert not [p for p in built if not meant.fullmatch(p.as_posix())]


def test_notebooks_have_no_outputs(committed):
    for path in (p for p in committed if p.suffix == ".ipynb"):
        for cell in json.loads((ROOT / path).read_text(encoding="utf-8"))["cells"]:
            assert not cell.get("outputs"), path
            assert cell.get("execution_count") is None, path


def test_released_notebooks_are_committed_together_with_what_they_come_from(committed):
    """`make test` has just written them anew."""
    made_of = ("solutions", "lmgrade/notebook/release.py", "_config.yml")
    sources = git("diff", "--name-only", "HEAD", "--", *made_of)
    assert sources.returncode == 0, sources.stderr
    if not sources.stdout:
        assert git("diff", "--name-only", "HEAD", "--", "exercises").stdout == ""


def test_no_path_of_somebodys_machine_is_committed(committed):
    own = [re.escape(str(ROOT)), r"/(?:home|Users)/[a-z]\w*/\w", r"/root/\.?\w+/\w"]
    machine = re.compile("|".join(own))
    found = {
        f"{path}: {match.group()}"
        for path, text in texts(committed)
        if path != Path(__file__).relative_to(ROOT)
        for match in machine.finditer(text)
    }
    assert not found


def test_only_what_make_configure_writes_names_the_repository(committed):
    if not (url := yaml.safe_load((ROOT / "_config.yml").read_text())["repository"]["url"]):
        pytest.skip("no repository is named: `make configure` does it")
    named = url.removeprefix("https://github.com/")
    found = {path.as_posix() for path, text in texts(committed) if named in text}
    assert {path for path in found if not path.startswith("exercises/")} == {
        "README.md",
        "_config.yml",
    }


def test_contributing_describes_every_entry_of_the_root(committed):
    described = (ROOT / "CONTRIBUTING.md").read_text()
    entries = {path.parts[0] + ("/" if len(path.parts) > 1 else "") for path in committed}
    assert not [entry for entry in sorted(entries) if f"`{entry}" not in described]


@pytest.mark.parametrize("guide", GUIDES)
def test_guides_name_only_what_exists(guide):
    text = (ROOT / guide).read_text()
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert set(re.findall(r"`make ([a-z-]+)", text)) <= targets
    assert set(re.findall(r"^make ([a-z-]+)", text, re.MULTILINE)) <= targets
    links = re.findall(r"\]\((?!\w+:|#)([^)#]+)", text)
    assert not [link for link in links if not (ROOT / guide).parent.joinpath(link).exists()]


@pytest.mark.parametrize("guide", GUIDES)
def test_guides_name_only_commands_of_the_grader(guide):
    (commands,) = cli.build_parser()._subparsers._group_actions
    text = (ROOT / guide).read_text()
    named = re.findall(r"(?:^|`)lmgrade ([a-z]+)", text, re.MULTILINE)
    assert set(named) <= set(commands.choices)


def test_the_readme_states_what_was_measured():
    committed = readme_numbers.MARKED.search((ROOT / "README.md").read_text())
    assert committed
    assert committed.group() == readme_numbers.table(), "run `make numbers`"


def test_every_tool_is_pinned():
    tomllib = pytest.importorskip("tomllib")  # Python 3.11
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    groups = [project["dependencies"], *project["optional-dependencies"].values()]
    names = {canonicalize_name(Requirement(line).name) for group in groups for line in group}
    lines = (ROOT / "constraints.txt").read_text().splitlines()
    pinned = {line.partition("==")[0] for line in lines if not line.startswith("#")}
    assert names - pinned == {"torch"}
