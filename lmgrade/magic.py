"""IPython's dialect: `%magic`, `!command`, `help?`, prompts and a common indent become Python."""

import contextlib
import functools
import re
from collections.abc import Iterator
from typing import Any

# Options have a number or none: what follows them is the statement.
TIMED = re.compile(r"^([ \t]*)%(?:time|timeit)(?:[ \t]+-(?:[nrp][ \t]*\d+|[a-z]+))*[ \t]+", re.M)
RUN = re.compile(r"^([ \t]*)%run[ \t]+(?:-[a-z]+[ \t]+)*(\S+\.py)\b.*$", re.M)
WRITTEN = re.compile(r"%%(?:writefile|file)[ \t]+(-a[ \t]+|--append[ \t]+)?(.+)")
OTHER_LANGUAGES = {
    *("bash", "cmd", "cython", "html", "javascript", "js", "latex", "markdown", "perl"),
    *("ruby", "script", "sh", "svg"),
}
# Reading a cell takes a microsecond a character, or so, and each sign a copy of all lines: what has
# very many lines is read less often, and with fewer signs.
READINGS, SIGNS, LINE = 10, 1000, 500
LINES_READ, LINES_COPIED = 200_000, 3_000_000
REMEMBERED = 64  # cells: those of the assignment come again with every submission
QUOTES = " \t\"'"
BLANK = re.compile(r"(?:[ \t]*\n)*")


@functools.lru_cache(REMEMBERED)
def python_of(source: str) -> str:
    """The cell as IPython would run it; magic turns into calls of a shell that does nothing.

    A timed statement stays a statement. What even IPython cannot read comes back as it is. Lines
    keep their numbers, for the messages about them.
    """
    source = source.replace("\r\n", "\n")
    blank = BLANK.match(source)
    assert blank is not None
    return "\n" * blank[0].count("\n") + _as_python(_without_indent(source[blank.end() :]))


def _as_python(source: str) -> str:
    first, _, rest = source.partition("\n")
    if written := WRITTEN.match(first):
        append, name = written.groups()
        mode = "a" if append else "w"
        return f"open({name.strip(QUOTES)!r}, {mode!r}).write({rest!r})"
    if first.startswith("%%"):
        magic = first[2:].partition(" ")[0]
        source = "#\n" + ("" if magic.lower() in OTHER_LANGUAGES else rest)
    source = TIMED.sub(r"\1", source)
    source = RUN.sub(lambda found: f"{found[1]}exec(open({found[2]!r}).read())", source)
    try:
        return str(_reader().transform_cell(source))
    except Exception:
        return source


def _without_indent(source: str) -> str:
    """Without the indent of the first line."""
    indent = re.match(r"[ \t]*", source)
    assert indent is not None
    return re.sub(f"^{indent[0]}", "", source, flags=re.M)


def _closes(line: str) -> bool:
    """Whether all quotes and brackets of a line end in it, as far as counting them can tell."""
    pairs = all(line.count(a) == line.count(b) for a, b in ("()", "[]", "{}"))
    return pairs and not any(line.count(quote) % 2 for quote in "\"'") and "\\" not in line


@functools.cache
def _reader() -> Any:
    """IPython's reader, which looks for all signs of a cell at once, and not for ever."""
    from IPython.core import inputtransformer2 as ipython  # takes 0.1 s

    class Reader(ipython.TransformerManager):
        def do_token_transforms(self, lines: list[str]) -> list[str]:
            changed, readings = True, 0
            most = min(READINGS, LINES_READ // (len(lines) + 1) + 1)
            while changed and readings < most:
                changed, lines = self.do_one_token_transform(lines)
                readings += 1
            return lines

        def do_one_token_transform(self, lines: list[str]) -> tuple[bool, list[str]]:
            signs, most = [], min(SIGNS, LINES_COPIED // (len(lines) + 1) + 1)
            for line in ipython.make_tokens_by_line(lines):
                found = [t for kind in self.token_transformers if (t := kind.find([line]))]
                if found and len(line[0].line) < LINE:
                    signs.append(min(found, key=ipython.TokenTransformBase.sortby))
                    if len(signs) == most or not _closes(line[0].line):
                        break  # what follows may have been read wrongly
            changed = False
            for sign in reversed(signs):
                with contextlib.suppress(SyntaxError):
                    lines = sign.transform(lines)
                    changed = True
            return changed, lines

    return Reader()


class Shell:
    """Stands for IPython's shell and its parts: whatever is asked of it does nothing."""

    def getoutput(self, *args: Any, **kwargs: Any) -> list[str]:
        return []

    def __call__(self, *args: Any, **kwargs: Any) -> None:
        return None

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return Shell()

    def __contains__(self, _: Any) -> bool:
        return False

    def __getitem__(self, _: Any) -> "Shell":
        return Shell()

    def __setitem__(self, _: Any, value: Any) -> None:
        pass

    def __iter__(self) -> Iterator[Any]:
        return iter(())


def offer_shell() -> None:
    """Let `from IPython import get_ipython` find the same shell as a bare `get_ipython()`.

    Its debugger, which would wait for somebody, is passed.
    """
    import IPython
    import IPython.core.debugger
    import IPython.core.getipython

    for module in (IPython, IPython.core.getipython):
        vars(module)["get_ipython"] = Shell
    vars(IPython)["embed"] = vars(IPython.core.debugger)["set_trace"] = Shell()
