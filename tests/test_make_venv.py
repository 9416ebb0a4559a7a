"""What scripts/make_venv.py says and does when something is wrong; the rest is `make course`."""

import os
import subprocess
import sys
from pathlib import Path

SCRIPT = Path(__file__).parents[1] / "scripts" / "make_venv.py"


def run(folder, before="", **environment):
    """Run the script on ``folder`` in a Python where the statements ``before`` came first."""
    code = f"import runpy, sys; sys.argv = ['make_venv.py', {str(folder)!r}]; {before}\n"
    code += f"runpy.run_path({str(SCRIPT)!r}, run_name='__main__')"
    return subprocess.run(
        [sys.executable, "-c", code],
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
