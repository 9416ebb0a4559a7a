"""The students' notebooks: complete, reproducible, and without solutions."""

import difflib
import json
import re
import warnings

import nbformat
import pytest
from nbgrader.validator import Validator
from traitlets.config import Config

from lmgrade.notebook.assignment import UnknownAssignment
from lmgrade.notebook.release import (
    ROOT,
    main,
    names,
    release_notebook,
    solution_notebook,
    source_of,
    write,
)
from lmlib.checks import Symptom

BETWEEN = re.compile(r"### BEGIN (SOLUTION|HIDDEN TESTS)\n(.*?)### END \1", re.DOTALL)


@pytest.mark.parametrize("name", names())
def test_the_committed_notebook_is_what_the_solution_gives(name, tmp_path):
    path = tmp_path / f"{name}.ipynb"
    write(release_notebook(solution_notebook(source_of(name))), path)
    committed = (ROOT / "exercises" / name / f"{name}.ipynb").read_text(encoding="utf-8")
    changes = difflib.unified_diff(committed.splitlines(), path.read_text("utf-8").splitlines())
    assert not list(changes), "run `make exercises` and commit the result"


@pytest.mark.parametrize("name", names())
def test_nothing_but_the_notebook_is_released(name):
    files = [path.name for path in (ROOT / "exercises" / name).iterdir()]
    assert [f for f in files if f != ".ipynb_checkpoints"] == [f"{name}.ipynb"]


@pytest.mark.parametrize("name", names())
def test_no_solution_and_no_hidden_test_leaks(name):
    released = (ROOT / "exercises" / name / f"{name}.ipynb").read_text(encoding="utf-8")
    notebook = json.loads(released)
    shown = json.dumps(notebook, ensure_ascii=False)
    assert "check.grade" not in shown
    assert not re.search(r"(BEGIN|END) (SOLUTION|HIDDEN)", shown)
    assert all("attachments" not in cell for cell in notebook["cells"])
    for secret in secret_lines(solution_notebook(source_of(name))):
        assert json.dumps(secret, ensure_ascii=False)[1:-1] not in shown, secret


def secret_lines(notebook):
    """Lines that only the instructor may see, as far as they are not ordinary public code too."""
    public = {
        line.strip()
        for cell in notebook.cells
        if not cell.metadata.get("nbgrader", {}).get("solution")
        for line in BETWEEN.sub("", cell.source).splitlines()
    }
    for cell in notebook.cells:
        hidden = "\n".join(text for _, text in BETWEEN.findall(cell.source))
        if cell.cell_type == "markdown" and cell.metadata.get("nbgrader", {}).get("solution"):
            hidden = cell.source
        for line in map(str.strip, hidden.splitlines()):
            if len(line) > 12 and line not in public:
                yield line


@pytest.mark.parametrize("name", names())
def test_notebook_form(name):
    notebook = nbformat.read(ROOT / "exercises" / name / f"{name}.ipynb", as_version=4)
    nbformat.validate(notebook)
    assert notebook.metadata.kernelspec.name == "python3"
    assert "pip" in notebook.cells[1].source
    ids = [cell.id for cell in notebook.cells]
    assert len(ids) == len(set(ids))
    graded = [
        c.metadata.nbgrader for c in notebook.cells if c.metadata.get("nbgrader", {}).get("grade")
    ]
    assert sum(not marks.solution for marks in graded) >= 4, "points are split by property"
    assert sum(marks.solution for marks in graded) == 1, "one free-text question"
    text = "\n".join(c.source for c in notebook.cells if c.cell_type == "markdown")
    assert re.search(r"\*\*About \d+ minutes · \d+ points\*\*", text)
    announced = int(re.search(r"· (\d+) points", text).group(1))
    assert announced == sum(marks.points for marks in graded)


@pytest.mark.parametrize("name", names())
def test_nbgrader_validates_the_solution(name, tmp_path):
    assert validate(solution_notebook(source_of(name)), tmp_path, invert=False) == {}


@pytest.mark.parametrize("name", names()[::4])
def test_nbgrader_finds_no_passing_test_in_an_untouched_notebook(name, tmp_path):
    untouched = release_notebook(solution_notebook(source_of(name)))
    assert validate(untouched, tmp_path, invert=True) == {}


@pytest.mark.parametrize("name", names())
def test_run_all_goes_on_after_every_check_of_an_untouched_notebook(name):
    space, failed = {}, []
    for cell in nbformat.read(ROOT / "exercises" / name / f"{name}.ipynb", as_version=4).cells:
        if cell.cell_type == "code":
            try:
                exec(cell.source, space)
            except Symptom as symptom:
                failed.append((symptom.id, cell.metadata.get("tags")))
    assert len(failed) >= 4
    assert {id for id, _ in failed} <= {f"{name}.not-written", f"{name}.waits"}
    assert all(tags == ["raises-exception"] for _, tags in failed)


def validate(notebook, folder, invert):
    """What `nbgrader validate` (--invert) complains about."""
    path = folder / "notebook.ipynb"
    write(notebook, path)
    config = Config({"Execute": {"shutdown_kernel": "immediate"}, "Validator": {"invert": invert}})
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # nbconvert and zmq warn about each other
        return Validator(config=config).validate(str(path))


def test_the_command_says_what_there_is_when_the_name_is_unknown():
    with pytest.raises(UnknownAssignment, match=r"no assignment 'dropuot'.*there are: .*dropout"):
        main(["dropuot"])


@pytest.mark.parametrize(
    ("right", "mistaken", "named"),
    [
        ("### END SOLUTION", "", r"mine\.py is no assignment"),
        ("BEGIN HIDDEN TESTS", "BEGIN HIDEN TESTS", "students would get .*HIDEN"),
        ('"points": 2', '"points": two', r"mine\.py, line \d+: .*two"),
    ],
)
def test_a_mistake_of_the_author_is_named_with_its_file(tmp_path, right, mistaken, named):
    (tmp_path / "solutions").mkdir()
    text = source_of("dropout").read_text().replace(right, mistaken)
    (tmp_path / "solutions" / "mine.py").write_text(text)
    with pytest.raises(UnknownAssignment, match=named):
        main([], tmp_path)
    assert not (tmp_path / "exercises").exists()


@pytest.mark.parametrize("config", ["", "title: Mine", "repository: {}", "a: ["])
def test_a_book_that_names_no_repository_is_told_so(tmp_path, config):
    (tmp_path / "solutions").mkdir()
    (tmp_path / "solutions" / "mine.py").write_text(source_of("dropout").read_text())
    (tmp_path / "_config.yml").write_text(config)
    with pytest.raises(UnknownAssignment, match=r"_config\.yml cannot be used"):
        main([], tmp_path)


def test_a_solution_that_is_no_python_is_the_instructors_affair(tmp_path):
    (tmp_path / "solutions").mkdir()
    text = source_of("dropout").read_text().replace("def keep_mask(", "def keep_mask)(")
    (tmp_path / "solutions" / "mine.py").write_text(text)
    with pytest.raises(UnknownAssignment, match=r"mine\.py, cell keep-mask, line 1 is no Python"):
        main([], tmp_path)
    assert not (tmp_path / "exercises").exists()


def test_somebodys_work_is_never_written_over(tmp_path, capsys):
    (tmp_path / "solutions").mkdir()
    source = tmp_path / "solutions" / "dropout.py"
    text = source_of("dropout").read_text(encoding="utf-8")
    source.write_text(text)
    main(["dropout"], tmp_path)
    path = tmp_path / "exercises" / "dropout" / "dropout.ipynb"
    notebook = nbformat.read(path, as_version=4)
    run = notebook.copy()
    run.cells[1].outputs = [nbformat.v4.new_output("stream", text="shown")]
    nbformat.write(run, path)  # run, but not edited
    source.write_text(text.replace("# # Dropout", "# # Dropout, once more"))
    main(["dropout"], tmp_path)
    assert "once more" in path.read_text()
    for mine in ("solved", "not even a notebook"):
        notebook.cells[3].source = mine
        nbformat.write(notebook, path) if mine == "solved" else path.write_text(mine)
        kept = path.read_bytes()
        main(["dropout"], tmp_path)
        assert path.read_bytes() == kept
        assert "holds somebody's work and stays" in capsys.readouterr().out
