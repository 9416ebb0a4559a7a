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
    with pytest.raises(FileNotFoundError, match=r"python -m tests\.validity"):
        results.load("validity")


@pytest.mark.parametrize("content", [b"", b'{"models": ', b"\xff\xfe"])
def test_a_broken_file_is_named_with_the_command_that_makes_it(tmp_path, monkeypatch, content):
    (tmp_path / "models.json").write_bytes(content)
    monkeypatch.setattr(results, "FOLDERS", (tmp_path,))
    with pytest.raises(ValueError, match=r"models\.json: .*python -m benchmarks.models") as caught:
        results.load("models")
    assert caught.value.__suppress_context__


def test_the_models_so_far_end_with_the_named_one(tmp_path, monkeypatch):
    rows = {
        name: {
            "lmlib": {
                "accuracy": {"median": median, "range": [median - 0.1, median + 0.1]},
                "loss": {"median": 2 - median},
            }
        }
        for name, median in (("LMModel1", 0.4), ("LMModel2", 0.5), ("LMModel3", 0.6))
    }
    (tmp_path / "models.json").write_text(json.dumps({"models": rows}))
    monkeypatch.setattr(results, "FOLDERS", (tmp_path,))
    head, *lines = results.models_so_far("LMModel2").splitlines()
    assert [line.split() for line in lines] == [
        ["LMModel1", "0.400", "0.300", "to", "0.500", "1.60"],
        ["LMModel2", "0.500", "0.400", "to", "0.600", "1.50"],
    ]
    assert head.index("loss") == lines[0].index("1.60")
    assert len(set(map(len, lines))) == 1
    with pytest.raises(ValueError, match=r"'LMModel9'.*LMModel1, LMModel2, LMModel3"):
        results.models_so_far("LMModel9")


def test_importing_lmlib_leaves_matplotlib_alone():
    code = "import lmlib, sys; assert 'matplotlib' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_a_name_is_a_string(as_a_user):
    with pytest.raises(TypeError, match="name is 5; it must be a string"):
        results.load(5)
