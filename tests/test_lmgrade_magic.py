"""A cell in IPython's dialect becomes Python, line for line."""

import pytest

from lmgrade.magic import Shell, python_of


@pytest.mark.parametrize(
    ("source", "line"),
    [
        ("boom", 1),
        ("%matplotlib inline\nx = 1\nboom", 3),
        ("\n\n%matplotlib inline\nx = 1\nboom", 5),
        ("\r\n \t\r\n!ls\r\nboom", 4),
        ("\n  x = 1\n  boom", 3),
        ("\n%%time\nx = 1\nboom", 4),
    ],
)
def test_lines_keep_their_numbers(source: str, line: int) -> None:
    with pytest.raises(NameError, match="boom") as caught:
        exec(compile(python_of(source), "cell", "exec"), {"get_ipython": Shell})
    assert caught.traceback[-1].lineno + 1 == line


def test_a_cell_may_hold_any_number_of_commands_with_quotes_and_brackets() -> None:
    commands = [f'!pip install "package{n}[all]>={n}" # ({n})' for n in range(50)]
    commands += ["!echo it's", "%alias_magic (", "files = !ls '('", "print(len(files))"]
    python = python_of("\n".join(commands))
    assert compile(python, "cell", "exec")
    assert python.count("get_ipython()") == 53
