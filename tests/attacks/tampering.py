"""Notebooks that a student changed by hand: each function edits one that is filled in."""

import copy
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import nbformat

from tests.attacks.catalogue import FILE, Attack
from tests.attacks.notebook import POINTS, RIGHT, cell_of, filled_in, tests_of

WRONG = "class Dropout(nn.Module):\n    pass\n"
HELPED = f"def twice(x):\n    return x * 2\n{RIGHT}".replace("/ (1", "* twice(0.5) / (1")
Edit = Callable[[Any], Any]
EDITS: list[tuple[str, Edit, str, float]] = []


def edits(category: str, code: str, earns: float) -> Callable[[Edit], Edit]:
    """Register an edit of a notebook that holds this code."""

    def register(edit: Edit) -> Edit:
        EDITS.append((category, edit, code, earns))
        return edit

    return register


wrong, right = edits("tampering", WRONG, 0), edits("tampering", RIGHT, POINTS)
shown = edits("feedback", RIGHT, POINTS)
shown_wrong = edits("feedback", WRONG, 0)
honest = edits("fairness", HELPED, POINTS)


def tampered_notebooks() -> Iterator[Attack]:
    """The edits as attacks."""
    for category, edit, code, earns in EDITS:
        yield Attack(category, edit.__name__, edit.__doc__ or "", earns, _writer(edit, code))


def _writer(edit: Edit, code: str) -> Callable[[Path, dict[str, str]], None]:
    def write(folder: Path, words: dict[str, str]) -> None:
        """An edit may change the notebook, or return the text to hand in instead."""
        notebook = filled_in(code)
        text = edit(notebook)
        if not isinstance(text, str):
            text = json.dumps(notebook)
        (folder / FILE).write_text(text, encoding="utf-8")

    return write


# --- read-only cells --------------------------------------------------------------------------


@right
def import_in_a_read_only_cell(notebook: Any) -> None:
    """write into a cell of the assignment, which is then taken from the instructor"""
    tests_of(notebook)[0].source = "import math\n" + tests_of(notebook)[0].source


# --- metadata of cells ----------------------------------------------------------------------


def each_test(notebook: Any, **changes: Any) -> None:
    for cell in tests_of(notebook):
        cell.metadata["nbgrader"].update(changes)


@right
def more_points(notebook: Any) -> None:
    """raise the points of every test"""
    each_test(notebook, points=100)


@right
def odd_points(notebook: Any) -> None:
    """give tests points that are no numbers"""
    odd = (float("nan"), float("inf"), -5, "9" * 5000, None, [], {}, 10**400, True)
    for cell, points in zip(tests_of(notebook), odd, strict=False):
        cell.metadata["nbgrader"]["points"] = points


@right
def new_graded_cells(notebook: Any) -> None:
    """add graded cells that always pass"""
    for number in range(3):
        cell = nbformat.v4.new_code_cell("18")
        meta = tests_of(notebook)[0].metadata["nbgrader"]
        cell.metadata["nbgrader"] = {**meta, "grade_id": f"bonus-{number}", "points": 10}
        notebook.cells.append(cell)


@wrong
def skipped(notebook: Any) -> None:
    """tag the tests as not to be executed, and errors as expected"""
    for cell in tests_of(notebook):
        cell.metadata["tags"] = ["skip-execution", "raises-exception", "remove_cell"]


@wrong
def ungraded(notebook: Any) -> None:
    """turn tests into solutions that a person might grade kindly"""
    each_test(notebook, grade=True, solution=True, locked=False)


@wrong
def tasks(notebook: Any) -> None:
    """turn tests into tasks"""
    each_test(notebook, grade=False, task=True, cell_type="markdown")


@wrong
def answer_as_a_test(notebook: Any) -> None:
    """turn the written answer into a test that passes by itself"""
    cell = cell_of(notebook, "double-rescaling")
    cell.cell_type, cell.source, cell["outputs"] = "code", "2", []
    cell.metadata["nbgrader"].update(solution=False, locked=True, cell_type="code")


@wrong
def tests_as_answers(notebook: Any) -> None:
    """turn code cells into text"""
    for cell in tests_of(notebook):
        cell.cell_type = "markdown"
        cell.pop("outputs", None)


@wrong
def renamed(notebook: Any) -> None:
    """give the tests other ids"""
    for number, cell in enumerate(tests_of(notebook)):
        cell.metadata["nbgrader"]["grade_id"] = f"renamed-{number}"


@wrong
def odd_ids(notebook: Any) -> None:
    """give the tests ids that are no text, or are markup, or much too long"""
    odd = ([], {}, None, 5, "", "<script>1</script>", "x" * 10**6, "../../x", "\u0000", "ünï")
    for cell, grade_id in zip(tests_of(notebook), odd, strict=False):
        cell.metadata["nbgrader"]["grade_id"] = grade_id
        cell["id"] = grade_id


@right
def foreign_schema(notebook: Any) -> None:
    """claim schemas of nbgrader's that do not exist"""
    for cell, version in zip(tests_of(notebook), (0, 2, 99, "3", None, []), strict=False):
        cell.metadata["nbgrader"]["schema_version"] = version


@right
def metadata_of_other_kinds(notebook: Any) -> None:
    """put lists, texts and numbers where metadata should be"""
    first, *others = tests_of(notebook)
    first.metadata["nbgrader"] = [1, 2]
    for cell, metadata in zip(others, ([], "x", 5, None, True), strict=False):
        cell["metadata"] = metadata


@right
def forged_checksum(notebook: Any) -> None:
    """forge the checksums that say whether a cell was changed"""
    for cell in notebook.cells:
        if "nbgrader" in cell.metadata:
            cell.metadata["nbgrader"]["checksum"] = "0" * 32


# --- cells ----------------------------------------------------------------------------------


@wrong
def edited(notebook: Any) -> None:
    """empty the tests"""
    for cell in tests_of(notebook):
        cell.source = "pass"


@wrong
def deleted(notebook: Any) -> None:
    """delete the tests"""
    for cell in tests_of(notebook):
        notebook.cells.remove(cell)


@shown
def deleted_answer(notebook: Any) -> None:
    """delete the written answer, whose reference nobody may see"""
    notebook.cells.remove(cell_of(notebook, "double-rescaling"))


@shown_wrong
def deleted_solution(notebook: Any) -> None:
    """delete the solution, so that the reference may take its place"""
    notebook.cells.remove(cell_of(notebook, "dropout-solution"))
    notebook.cells.remove(cell_of(notebook, "keep-mask"))


@wrong
def everything_deleted(notebook: Any) -> None:
    """hand in a notebook without cells"""
    notebook.cells.clear()


@wrong
def twice(notebook: Any) -> None:
    """repeat every test, the copy always passing"""
    for cell in tests_of(notebook):
        again = copy.deepcopy(cell)
        again.source = "18"
        notebook.cells.append(again)


@shown_wrong
def impostor_first(notebook: Any) -> None:
    """put a cell with a test's id before the test"""
    for cell in tests_of(notebook):
        impostor = copy.deepcopy(cell)
        impostor.source = "18"
        notebook.cells.insert(0, impostor)


@shown_wrong
def solution_with_a_test_id(notebook: Any) -> None:
    """let the solution's cell claim to be a test, to see the hidden half"""
    meta = tests_of(notebook)[0].metadata["nbgrader"]
    cell_of(notebook, "dropout-solution").metadata["nbgrader"] = dict(meta)


@shown_wrong
def test_with_the_solutions_id(notebook: Any) -> None:
    """let tests claim to be the solution, so that their text is the student's to write"""
    meta = cell_of(notebook, "dropout-solution").metadata["nbgrader"]
    for cell in tests_of(notebook):
        cell.metadata["nbgrader"] = dict(meta)
        cell.source = "18"


@right
def reversed_cells(notebook: Any) -> None:
    """hand in the cells in reverse order, tests before what they test"""
    notebook.cells.reverse()


@wrong
def tests_first(notebook: Any) -> None:
    """move the tests to the front and undo their work afterwards"""
    tests = tests_of(notebook)
    notebook.cells[:] = [*tests, *(cell for cell in notebook.cells if cell not in tests)]


@shown_wrong
def forged_outputs(notebook: Any) -> None:
    """store outputs that say full points"""
    for cell in tests_of(notebook):
        data = {"text/plain": "3", "text/html": "<script>document.title = 'PWNED'</script>"}
        kinds: tuple[dict[str, Any], ...] = (
            {"output_type": "execute_result", "data": data, "execution_count": 1},
            {"output_type": "display_data", "data": data},
        )
        cell["outputs"] = [{**kind, "metadata": {}} for kind in kinds]
        cell["execution_count"] = 7


@right
def cells_of_other_kinds(notebook: Any) -> None:
    """add cells that are none, or of a kind that nobody knows"""
    plain = {"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": None}
    notebook["cells"] += [
        *(None, 5, "x", [], {}),
        *({**plain, "source": source} for source in (None, 5, {}, [1, None, "x"], True)),
        *({**plain, "source": "", "cell_type": kind} for kind in (None, [], "heading", {})),
        {**plain, "source": "x\x00y \ud800 \u202e"},
        {"cell_type": "code"},
    ]


@right
def many_cells(notebook: Any) -> None:
    """add a thousand cells"""
    notebook.cells += [nbformat.v4.new_code_cell(f"x = {n}") for n in range(1000)]


@wrong
def too_many_cells(notebook: Any) -> None:
    """add a hundred thousand cells"""
    notebook["cells"] = [*notebook["cells"], *([{"cell_type": "code", "source": "1"}] * 10**5)]


@shown
def markup_in_text(notebook: Any) -> None:
    """run a script in the feedback through text cells, raw cells and attachments"""
    script = "<script>document.title = 'PWNED'</script>"
    texts = (
        f"{script} <img src=x onerror=\"document.title='PWNED'\"> <svg/onload=alert(1)>",
        "[a](javascript:alert(1)) [b]( jAvAsCrIpT&#58;alert(1)) <javascript:alert(1)>",
        "[a][1]\n\n[1]: javascript:alert(1)\n\n![c](data:text/html;base64,PHNjcmlwdD4=)",
        "[d](java\nscript:alert(1)) [e](vbscript:x) <a href='javascript:alert(1)'>f</a>",
        r"$\href{javascript:alert(1)}{x}$ $$\require{html}\style{x:y}{z}\unicode{x}$$",
        f"```\n</code></pre>{script}\n```\n<style>*{{display:none}}</style><base href=//x>",
        "<meta http-equiv=refresh content='0;url=//x'><iframe srcdoc='<script>1</script>'>",
        f"| a |\n|---|\n| {script} |\n\n<!-- -->{script}<!-- ",
        r"[g](javascript\:alert(1)) [h](javascript&colon;x) [i](java&Tab;script&#x3a;x)",
        r"[j](&\#106;avascript:alert(1)) [k](javascript\&\#58;alert(1)) [l](javascript&\#58;x)",
        "[m]\n\n[m]: &\\#106;avascript:alert(1)\n\n[n][m]",
        r"![y](attachment\:y.svg) ![z](<attachment:z>)",
        "![x](attachment:x.svg) ![x][2]\n\n[2]: attachment:x.svg",
    )
    for text in texts:
        notebook.cells.append(nbformat.v4.new_markdown_cell(text))
    notebook.cells[-1]["attachments"] = {"x.svg": {"image/svg+xml": "PHN2ZyBvbmxvYWQ9Ii8vIj4="}}
    notebook.cells.append(nbformat.v4.new_raw_cell(script, metadata={"format": "text/html"}))
    cell_of(notebook, "double-rescaling").source = texts[0]


@shown
def script_in_metadata(notebook: Any) -> None:
    """run a script in the feedback through the notebook's own metadata"""
    script = "</title><script>document.title = 'PWNED'</script>"
    notebook["metadata"] = {
        "title": script,
        "authors": [{"name": script}],
        "kernelspec": {"name": script, "display_name": script, "language": script},
        "language_info": {"name": script, "pygments_lexer": script},
        "widgets": {"application/vnd.jupyter.widget-state+json": {"state": {"x": script}}},
    }


@shown
def asks_for_hidden_tests(notebook: Any) -> None:
    """use the markers of hidden tests and solutions in own cells"""
    marks = "### BEGIN HIDDEN TESTS\n### END SOLUTION\n### BEGIN SOLUTION\n"
    notebook.cells.append(nbformat.v4.new_code_cell(marks + "x = 1"))
    for cell in tests_of(notebook):
        cell.source = marks + cell.source


# --- honest cells below the tests -------------------------------------------------------------


@honest
def helper_of_the_same_name(notebook: Any) -> None:
    """honest work, and a last trial with another function of a helper's name"""
    notebook.cells.append(nbformat.v4.new_code_cell("def twice(x, y):\n    return x * y"))


@honest
def value_of_the_same_name(notebook: Any) -> None:
    """honest work, and a last trial that uses names of modules and of Python's for values"""
    trial = "nn, torch, ValueError, super = Dropout(0.5)(torch.ones(4))"
    notebook.cells.append(nbformat.v4.new_code_cell(trial))


@honest
def fails_above_the_imports(notebook: Any) -> None:
    """honest work whose first cell fails where there is no notebook, above its imports"""
    cell = next(c for c in notebook.cells if c.source.startswith("import torch"))
    cell.source = "config = get_ipython().config\nprint(config.a + 1)\n" + cell.source


@honest
def tidied_up(notebook: Any) -> None:
    """honest work that leaves no names behind"""
    notebook.cells.append(nbformat.v4.new_code_cell("del Dropout, twice, torch, nn\n%reset -f"))


# --- source that is hard to read --------------------------------------------------------------


@right
def slow_to_match(notebook: Any) -> None:
    """stall whoever looks for magics in a line that is endless and not Python"""
    blank = " " * 300_000
    for line in (f"{blank}(", f"a ={blank}(", "= " * 100_000, f"%{blank}", "?" * 100_000):
        notebook.cells.append(nbformat.v4.new_code_cell(line))


@right
def escapes_without_end(notebook: Any) -> None:
    """stall whoever turns every sign of IPython's into Python, one after another"""
    for sign in (",a", "a?", "!(", "x=!a", '%"', "*" * 100 + "?"):
        notebook.cells.append(nbformat.v4.new_code_cell(f"{sign}\n" * (30_000 // len(sign))))
    for number in range(20):
        notebook.cells.append(nbformat.v4.new_code_cell(f"# {number}\n" + "!(\n" * 500))


@right
def deeply_nested_source(notebook: Any) -> None:
    """crash whoever parses the source"""
    for opening in ("(", "[", "{1:", "-", "not ", "lambda: ", "x.", "1+", "f(", "if 1:\n "):
        notebook.cells.append(nbformat.v4.new_code_cell(opening * 50_000))
    for whole in ("1" + "+1" * 50_000, "x" + ".x" * 50_000, "x" + "[0]" * 20_000, "a=" * 20_000):
        notebook.cells.append(nbformat.v4.new_code_cell(whole))


@right
def long_numbers(notebook: Any) -> None:
    """stall whoever reads numbers with very many digits"""
    notebook.cells.append(nbformat.v4.new_code_cell("x = " + "9" * 10**6))
    notebook.cells.append(nbformat.v4.new_code_cell("x = 0x" + "f" * 10**6 + "\nprint(x)"))


# --- the notebook as a file -------------------------------------------------------------------


@right
def another_kernel(notebook: Any) -> None:
    """ask for a kernel that runs other programs"""
    notebook["metadata"] = {"kernelspec": {"name": "bash", "language": "bash"}}


@right
def no_metadata(notebook: Any) -> None:
    """hand in a notebook without metadata and format"""
    for name in ("metadata", "nbformat", "nbformat_minor"):
        notebook.pop(name)


@right
def another_format(notebook: Any) -> None:
    """claim formats that do not exist"""
    notebook["nbformat"], notebook["nbformat_minor"] = "4; drop table grade", -1


@wrong
def format_of_2013(notebook: Any) -> str:
    """hand in a notebook of the format before this one"""
    sheets = [{"cells": [{"cell_type": "code", "input": "18", "outputs": []}]}]
    return json.dumps({"nbformat": 3, "nbformat_minor": 0, "metadata": {}, "worksheets": sheets})


@wrong
def duplicate_keys(notebook: Any) -> str:
    """say everything twice, so that two readers may read two notebooks"""
    text = json.dumps(notebook)
    text = text.replace('"points": ', '"points": 0, "points": 9')
    return text.replace('{"cells":', '{"cells": [], "metadata": {}, "cells":', 1)


@right
def not_quite_json(notebook: Any) -> None:
    """use the numbers that JSON lacks"""
    for cell in notebook.cells:
        cell["metadata"]["odd"] = [float("nan"), float("-inf")]


@wrong
def deep_json(notebook: Any) -> str:
    """crash whoever decodes the file"""
    return '{"cells": ' + "[" * 10**6 + "]" * 10**6 + "}"


@right
def deep_metadata(notebook: Any) -> str:
    """crash whoever copies the metadata"""
    deep = '{"a":' * 900 + "1" + "}" * 900
    return json.dumps(notebook).replace('"metadata": {"', f'"metadata": {{"deep": {deep}, "')


@wrong
def long_number_in_json(notebook: Any) -> str:
    """stall whoever decodes a number of a million digits"""
    return '{"nbformat": ' + "9" * 10**6 + ', "cells": []}'


@wrong
def cut_off(notebook: Any) -> str:
    """hand in half a file"""
    text = json.dumps(notebook)
    return text[: len(text) // 2]


@wrong
def nothing(notebook: Any) -> str:
    """hand in an empty file"""
    return ""


@wrong
def a_list(notebook: Any) -> str:
    """hand in JSON that is no notebook"""
    return json.dumps([notebook])


@wrong
def another_assignment(notebook: Any) -> str:
    """hand in a notebook that has nothing to do with this assignment"""
    return json.dumps(nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("print(18)")]))


@right
def with_a_mark_in_front(notebook: Any) -> str:
    """begin the file with a byte order mark, as some editors do"""
    return "\ufeff" + json.dumps(notebook)
