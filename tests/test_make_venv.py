"""What scripts/make_venv.py says and does when something is wrong; the rest is `make course`."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from book._tools.progress import SignOfLife

ROOT = Path(__file__).parents[1]


def run(folder, before="", **environment):
    """Run the script on ``folder`` in a Python where the statements ``before`` came first."""
    code = f"import runpy, sys; sys.argv[1:] = [{str(folder)!r}]; {before}\n"
    code += "runpy.run_module('scripts.make_venv', run_name='__main__')"
    return subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_an_old_python_is_told_which_one_to_use(tmp_path):
    done = run(tmp_path / "venv", before="sys.version_info = (3, 9, 18, 'final', 0)")
    assert done.returncode != 0
    assert "need Python 3.11 or newer" in done.stderr
    assert "3.9.18" in done.stderr
    assert "make course PYTHON=" in done.stderr
    assert not (tmp_path / "venv").exists()


@pytest.mark.parametrize("named", ["", "/opt/my tools/python3"])
def test_make_starts_the_python_that_is_named_or_the_usual_one(named):
    command = ["make", "--dry-run", "--always-make", ".venv/.installed", f"PYTHON={named}"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert f'"{named or "python3"}" -m scripts.make_venv .venv' in done.stdout


def test_a_python_without_venv_is_told_what_to_install(tmp_path):
    done = run(tmp_path / "venv", before="sys.executable = '/bin/false'")
    assert done.returncode != 0
    assert "apt install python3-venv" in done.stderr


def test_a_folder_that_is_no_environment_is_left_alone(tmp_path):
    (tmp_path / "thesis.txt").write_text("irreplaceable")
    done = run(tmp_path)
    assert done.returncode != 0
    assert "is no virtual environment" in done.stderr
    assert (tmp_path / "thesis.txt").read_text() == "irreplaceable"


def test_without_network_it_says_so_and_the_next_run_starts_afresh(tmp_path):
    closed = {"PIP_INDEX_URL": "http://127.0.0.1:9/simple", "PIP_NO_CACHE_DIR": "1"}
    first = run(tmp_path / "venv", **closed)
    assert first.returncode != 0
    assert "is there a network?" in first.stderr
    second = run(tmp_path / "venv", before="sys.executable = '/bin/false'")
    assert "half made or broken: starting it afresh" in second.stdout


def test_an_environment_whose_python_is_gone_is_made_again(tmp_path):
    folder = tmp_path / "venv"
    (folder / "bin").mkdir(parents=True)
    (folder / "pyvenv.cfg").touch()
    (folder / "bin" / "python").symlink_to(tmp_path / "uninstalled")
    done = run(folder, before="sys.executable = '/bin/false'")
    assert "half made or broken: starting it afresh" in done.stdout
    assert not (folder / "pyvenv.cfg").exists()


def test_what_cannot_be_deleted_is_named_without_a_traceback(tmp_path):
    folder = tmp_path / "venv"
    folder.mkdir()
    (folder / ".installing").touch()
    before = "import shutil; shutil.rmtree = lambda folder: open(folder / 'none' / 'there')"
    done = run(folder, before=before)
    assert done.returncode != 0
    assert "can't be deleted: No such file or directory. Delete" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_full_disk_is_named(tmp_path):
    python = tmp_path / "bin" / "python"
    python.parent.mkdir()
    full = "echo 'OSError: [Errno 28] No space left on device' >&2; exit 1"
    python.write_text(f'#!/bin/sh\n[ "$1" = -c ] && exit 0\n{full}\n')
    python.chmod(0o755)
    done = run(tmp_path)
    assert done.returncode != 0
    assert "The disk is full: make room. Then run the same command again." in done.stderr


def test_of_all_that_pip_says_nothing_is_repeated_where_it_succeeds(tmp_path):
    python = tmp_path / "bin" / "python"
    python.parent.mkdir()
    python.write_text('#!/bin/sh\n[ "$1" = -c ] || yes "Collecting torch" | head -1000\n')
    python.chmod(0o755)
    done = run(tmp_path)
    assert done.returncode == 0, done.stderr
    assert len(done.stdout.splitlines()) <= 2


def test_what_takes_long_gives_a_sign_of_life(capsys):
    said = ""
    with SignOfLife("waiting", every=0.01) as sign:
        while "still waiting (0 s)" not in said:
            said += capsys.readouterr().out
        sign.what = "hoping"
        while "still hoping" not in said:
            said += capsys.readouterr().out
