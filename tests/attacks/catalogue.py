"""All attacks, as things that put a submission into a folder.

Most are files of student code, `CATEGORY/NAME.py`. Their first lines say what they try and which
points the honest work in them earns:

    # tries: what an attacker hopes for
    # earns: 0        the file stands alone
    # earns: all      right work is put in front of it

`# %%` begins another cell. COURSE and PORT stand for the course's folder, which an attacker may
well know, and for a port on which the machine listens.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import nbformat

from tests.attacks.notebook import ASSIGNMENT, POINTS, RIGHT, filled_in

HERE = Path(__file__).parent
CODE = ("forgery", "theft", "resources", "feedback", "honest")
HEADER = re.compile(r"# tries: (.+)\n# earns: (all|[\d.]+)\n")
FILE = f"{ASSIGNMENT}.ipynb"


@dataclass(frozen=True)
class Attack:
    """One submission: `write(folder, words)` puts its files there, with words replaced."""

    category: str
    name: str
    tries: str
    earns: float
    write: Callable[[Path, dict[str, str]], None]

    @property
    def id(self) -> str:
        return f"{self.category}-{self.name}"


def code_attacks() -> Iterator[Attack]:
    """The attacks that are files of student code."""
    for category in CODE:
        for path in sorted((HERE / category).glob("*.py")):
            yield _code_attack(category, path)


def _code_attack(category: str, path: Path) -> Attack:
    text = path.read_text(encoding="utf-8")
    found = HEADER.match(text)
    if found is None:
        raise ValueError(f"{path} begins with {text[:60]!r}; it must say what it tries and earns")
    tries, earns = found.groups()
    begin = RIGHT if earns == "all" else ""
    code = begin + text[found.end() :]

    def write(folder: Path, words: dict[str, str]) -> None:
        filled = code
        for word, value in words.items():
            filled = re.sub(rf"\b{word}\b", value, filled)
        first, *added = filled.split("# %%\n")
        nbformat.write(filled_in(first, *added), folder / FILE)

    return Attack(category, path.stem, tries, POINTS if earns == "all" else float(earns), write)
