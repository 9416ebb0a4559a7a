import json
import subprocess
import sys

import pytest

from lmlib import results


def test_load_reads_the_first_folder_that_has_the_file(tmp_path, monkeypatch):
    monkeypatch.setattr(results, "FOLDERS", (tmp_path / "a", tmp_path))
    (tmp_path / "models.json").write_text(json.dumps({"x": 1}))
    assert results.load("models") == {"x": 1}


def test_a_missing_file_names_the_command_and_what_there_is(tmp_path, monkeypatch):
    (tmp_path / "growth.json").write_text("{}")
    monkeypatch.setattr(results, "FOLDERS", (tmp_path,))
    with pytest.raises(FileNotFoundError, match=r"'growth'.*python -m benchmarks.models"):
        results.load("models")


def test_importing_lmlib_leaves_matplotlib_alone():
    code = "import lmlib, sys; assert 'matplotlib' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)
