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
