import json
import sys

import pytest

from benchmarks import common, models
from benchmarks.common import Journal, number_range, summary, write_results
from benchmarks.report import summarise, table, training_flops
from book._tools.chapters import chapters


def test_ranges_of_numbers():
    assert number_range("1-3,7,7") == [1, 2, 3, 7]
    for bad in ("3-1", "x", "", "1-", "-1"):
        with pytest.raises(models.argparse.ArgumentTypeError, match="allowed is"):
            number_range(bad)
    assert models.model_range("6-7,pointer") == [6, 7, 8]
    with pytest.raises(models.argparse.ArgumentTypeError, match="1 to 7 and pointer"):
        models.model_range("9")


def test_the_libraries_alternate_and_fastai_has_no_pointer():
    runs = models.plan([7, 8], seeds=[0, 1], fastai=True)
    assert runs[:3] == [("lmlib", 7, 0), ("fastai", 7, 0), ("lmlib", 8, 0)]
    assert len(runs) == 6


def test_a_run_has_the_promised_keys():
    record = models.run_lmlib(1, seed=0, epochs=1)
    assert {"model", "seed", "accuracy", "loss", "seconds"} <= set(record)
    assert record["model"] == "LMModel1"
    assert 0.1 < record["accuracy"] < 0.6


@pytest.fixture
def trained(monkeypatch):
    """The calls of a trainer that takes no time."""
    calls = []

    def run(number, seed, epochs=None):
        calls.append((number, seed, epochs))
        return models.record(number, seed, 0.5, 1.0, 2.0, "lmlib")

    monkeypatch.setattr(models, "run_lmlib", run)
    return calls


def test_an_interrupted_benchmark_does_only_what_is_missing(trained, tmp_path):
    Journal(tmp_path / "x.json").add(models.record(1, 0, 0.4, 1.0, 2.0, "lmlib"))
    runs = models.run_all(models.plan([1], [0, 1], fastai=False), Journal(tmp_path / "x.json"))
    assert trained == [(1, 0, 1), (1, 1, None)]  # a warm-up, then the missing seed
    assert [run["accuracy"] for run in runs] == [0.4, 0.5]
    assert len(Journal(tmp_path / "x.json").runs) == 2


def test_runs_of_another_machine_do_not_count(tmp_path, monkeypatch):
    Journal(tmp_path / "x.json").add({"seed": 0})
    monkeypatch.setattr(common, "machine", lambda: {"cpu": "another"})
    assert Journal(tmp_path / "x.json").runs == []


def test_a_finished_benchmark_measures_again(trained, tmp_path, monkeypatch, capsys):
    command = ["models", "--models", "1", "--seeds", "3", "--json", str(tmp_path / "x.json")]
    monkeypatch.setattr(sys, "argv", command)
    models.main()
    models.main()
    assert trained == [(1, 0, 1), (1, 3, None)] * 2
    assert [file.name for file in tmp_path.iterdir()] == ["x.json"]
    assert "LMModel1" in capsys.readouterr().out


def test_the_list_of_runs_has_exactly_the_promised_keys(trained, tmp_path, monkeypatch):
    path = tmp_path / "new" / "x.unfinished"  # any name, in a folder that is made
    monkeypatch.setattr(sys, "argv", ["models", "--models", "1,7", "--json", str(path)])
    models.main()
    runs = json.loads(path.read_text())
    assert [(run["model"], run["seed"]) for run in runs] == [
        (name, seed) for seed in range(5) for name in ("LMModel1", "LMModel7")
    ]
    assert {tuple(run) for run in runs} == {("model", "seed", "accuracy", "loss", "seconds")}
    assert [file.name for file in path.parent.iterdir()] == ["x.unfinished"]


def test_with_fastai_each_run_names_its_library(trained, tmp_path, monkeypatch):
    monkeypatch.setattr(models.importlib.util, "find_spec", lambda name: name)
    monkeypatch.setattr(
        models,
        "run_fastai",
        lambda number, seed, epochs=None: models.record(number, seed, 0.5, 1.0, 8.0, "fastai"),
    )
    path = tmp_path / "x.json"
    command = ["models", "--models", "1", "--seeds", "0", "--fastai", "--json", str(path)]
    monkeypatch.setattr(sys, "argv", command)
    models.main()
    assert [run["library"] for run in json.loads(path.read_text())] == ["lmlib", "fastai"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--json", "{}"], "cannot be written; name a file"),
        (["--json", "{}/file/x.json"], "has no folder"),
        (["--json", "{}/x.json"], "x.json.unfinished is damaged; delete it"),
        (["--json", "{}/y.json", "--models", "9"], "[9] are no models"),
        (["--json", "{}/y.json", "--seeds", "4-0"], "'4-0' is no range"),
        (["--json", "{}/y.json", "--fastai"], "fastai is not installed: pip install"),
    ],
)
@pytest.mark.parametrize("damage", ['{"machine": ', "[1]", "{}x", '{"runs": []}'])
def test_a_bad_command_is_refused_before_training(
    trained, tmp_path, monkeypatch, capsys, arguments, message, damage
):
    (tmp_path / "file").touch()
    (tmp_path / "x.json.unfinished").write_text(damage)
    monkeypatch.setattr(models.importlib.util, "find_spec", lambda name: None)
    command = ["models", *(argument.format(tmp_path) for argument in arguments)]
    monkeypatch.setattr(sys, "argv", command)
    with pytest.raises(SystemExit, match="2"):
        models.main()
    assert not trained
    assert message in capsys.readouterr().err


def test_a_part_of_the_models_needs_a_file_of_its_own(trained, monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["models", "--models", "1", "--fastai"])
    with pytest.raises(SystemExit):
        models.main()
    assert not trained
    assert "--json" in capsys.readouterr().err


def test_medians_and_ratios():
    runs = [
        models.record(1, seed, 0.1 * seed, 1.0, seconds, library)
        for library, factor in (("lmlib", 1), ("fastai", 4))
        for seed, seconds in enumerate((2.0 * factor, 1.0 * factor, 9.0 * factor))
    ]
    result = summarise(runs, {})
    row = result["models"]["LMModel1"]
    assert row["lmlib"]["seconds"] == {
        "median": 2.0, "range": [1.0, 9.0], "values": [2.0, 1.0, 9.0]
    }  # fmt: skip
    assert row["time_ratio"] == result["geometric_mean_ratio"] == 4.0
    assert "4.00" in table(result)


def test_operations_of_a_training():
    """LMModel4: one 64 × 64 product and one 64 × 30 for each of 49 · 1,024 words, 15 epochs."""
    assert training_flops(4) == 6 * 49 * 1024 * (64 * 64 + 64 * 30) * 15


def test_results_replace_the_old_file_whole(tmp_path):
    path = tmp_path / "sub" / "x.json"
    write_results(path, {"a": summary([1.0, 2.0, 4.0])})
    write_results(path, {"a": 1})
    assert json.loads(path.read_text()) == {"a": 1}
    assert [file.name for file in path.parent.iterdir()] == ["x.json"]


def test_every_chapter_fits_on_binder():
    measured = json.loads((common.RESULTS / "memory.json").read_text())["megabytes"]
    assert {c.name for c in chapters()} <= set(measured), "run `python -m benchmarks.memory`"
    assert max(measured.values()) < 1500
