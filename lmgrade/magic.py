"""IPython's dialect: `%magic`, `!command`, `help?`, prompts and a common indent become Python."""

import re
from typing import Any

TIMED = re.compile(r"^([ \t]*)%(?:time|timeit)[ \t]+", re.M)
SIGNS = re.compile(r"^[ \t]*[%!?]|\?[ \t]*$|=[ \t]*[%!]", re.M)
# IPython reads the cell again for each of its signs, so the time grows with their product.
MAX_SOURCE, MAX_SIGNS = 20_000, 50
OTHER_LANGUAGES = {
    *("bash", "cmd", "cython", "file", "html", "javascript", "js", "latex", "markdown", "perl"),
    *("ruby", "script", "sh", "svg"),
}


def python_of(source: str) -> str:
    """The cell as IPython would run it; magic turns into calls of a shell that does nothing.

    A timed statement stays a statement. What even IPython cannot read comes back as it is.
    """
    first, _, rest = source.partition("\n")
    if first.startswith("%%"):
        magic, _, argument = first[2:].partition(" ")
        if magic == "writefile":
            return f"open({argument.strip()!r}, 'w').write({rest!r})"
        source = "#\n" + ("" if magic.lower() in OTHER_LANGUAGES else rest)
    source = TIMED.sub(r"\1", source)
    if len(source) > MAX_SOURCE or len(SIGNS.findall(source)) > MAX_SIGNS:
        return source
    from IPython.core.inputtransformer2 import TransformerManager  # takes 0.1 s

    try:
        return TransformerManager().transform_cell(source)
    except Exception:
        return source


class Shell:
    """Stands for IPython's shell: whatever is asked of it does nothing."""

    def getoutput(self, *args: Any, **kwargs: Any) -> list[str]:
        return []

    def __getattr__(self, name: str) -> Any:
        return lambda *args, **kwargs: None


def offer_shell() -> None:
    """Let `from IPython import get_ipython` find the same shell as a bare `get_ipython()`."""
    import IPython
    import IPython.core.getipython

    for module in (IPython, IPython.core.getipython):
        vars(module)["get_ipython"] = Shell
