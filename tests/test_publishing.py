"""Workflows, scripts and containers, as far as they can be judged without running them there."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

pytestmark = pytest.mark.quick

ROOT = Path(__file__).parents[1]
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
SCRIPTS = [*sorted((ROOT / ".ci").iterdir()), ROOT / ".binder" / "postBuild"]
DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")
DEVCONTAINER = json.loads((ROOT / ".devcontainer" / "devcontainer.json").read_text())


@pytest.mark.parametrize(
    "command",
    [
        ["check-jsonschema", "--builtin-schema", "vendor.github-workflows", *WORKFLOWS],
        ["zizmor", "--offline", "--quiet", *WORKFLOWS],
        ["shellcheck", *SCRIPTS],
        ["hadolint", ROOT / "Dockerfile"],
    ],
    ids=lambda command: command[0],
)
def test_a_linter_finds_nothing(command):
    program = Path(sys.executable).with_name(command[0])
    done = subprocess.run([program, *command[1:]], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_what_a_workflow_runs_exists(path):
    text = path.read_text(encoding="utf-8")
    for action, version in re.findall(r"uses: ([\w/-]+)(.*)", text):
        assert re.fullmatch(r"@[0-9a-f]{40} # v\d+\.\d+\.\d+", version), action
    assert set(re.findall(r"\.ci/(\w+)", text)) <= {path.name for path in SCRIPTS}
    assert targets_in(text) <= targets_in_makefile()


def test_only_what_passed_every_test_is_published():
    jobs = yaml.safe_load((ROOT / ".github" / "workflows" / "ci.yml").read_text())["jobs"]
    tests = {name for name, job in jobs.items() if job["permissions"] == {"contents": "read"}}
    assert {"course", "library", "book"} <= tests
    for job in jobs.values():
        assert job["permissions"] == {"contents": "read"} or set(job["needs"]) == tests


def targets_in_makefile():
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    return set(re.findall(r"^([a-z-]+):", makefile, re.MULTILINE))


def targets_in(text):
    commands = re.findall(r"\bmake((?: [a-z-]+)+)(?=\"|$)", text, re.MULTILINE)
    return {target for command in commands for target in command.split()}


def test_containers_install_what_ci_installs_and_make_what_there_is_to_make():
    def packages(text):
        return set(re.search(r"--no-install-recommends (?:\\\n)?([^\\&\n]+)", text)[1].split())

    installed = packages(DOCKERFILE)
    assert "bubblewrap" in installed
    assert installed <= packages((ROOT / ".ci" / "run").read_text(encoding="utf-8"))
    made = targets_in(DOCKERFILE + json.dumps(DEVCONTAINER))
    assert made
    assert made <= targets_in_makefile()
    assert f"AS {DEVCONTAINER['build']['target']}\n" in DOCKERFILE


@pytest.mark.needs("site")
def test_the_branch_of_notebooks_has_all_that_its_library_is_built_from(tmp_path):
    subprocess.run([ROOT / ".ci" / "notebooks", tmp_path], check=True)
    assert (tmp_path / "book" / "33-dropout-scaling.ipynb").is_file()
    assert (tmp_path / ".binder" / "postBuild").is_file()
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", tmp_path / "dist"]
    subprocess.run(build, cwd=tmp_path, check=True, capture_output=True)
    (wheel,) = (tmp_path / "dist").glob("lmlib-*.whl")
    listed = subprocess.run(
        [sys.executable, "-m", "zipfile", "-l", wheel], capture_output=True, text=True, check=True
    ).stdout
    assert "lmlib/results/models.json" in listed
    assert "lmlib/checks/hints/dropout.md" in listed
