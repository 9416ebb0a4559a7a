"""The names of a notebook as they stood after each of its cells, where its tests have their places.

All functions of a notebook look into one namespace. Tests run when the last cell is done, so what
a cell binds anew would also reach the tests that stand above it.
"""

import builtins
from collections.abc import Iterable
from typing import Any

from lmgrade.cell import names_called

ABSENT = object()


class Places:
    """Takes note of a namespace after every cell, and can put it back to how it was there."""

    def __init__(self, names: dict[str, Any]) -> None:
        self._names = names
        self._after = {"": dict(names)}
        self._here = self._end = ""
        self._called: set[str] = set()

    def note(self, cell: str, source: str) -> None:
        """A cell has run."""
        self._after[cell] = dict(self._names)
        self._here = self._end = cell
        self._called |= names_called(source)

    def value(self, name: str, place: str) -> Any:
        """What a name stood for after a cell.

        A name that only a later cell binds counts as bound, or a cell moved down would cost every
        point. But where Python has such a name, too, that one was meant.
        """
        found = self._after.get(place, {}).get(name, ABSENT)
        if found is ABSENT and not hasattr(builtins, name):
            return self._after[self._end].get(name, ABSENT)
        return found

    def go_to(self, place: str) -> None:
        """Let functions find the names that they look up as they were after a cell.

        Only names that cells bind anew between there and here change. So what calls have kept
        under a name stays, as it would in a notebook.
        """
        for name in self.replaced(self._called, [self._here, place]):
            if (value := self.value(name, place)) is ABSENT:
                self._names.pop(name, None)
            else:
                self._names[name] = value
        self._here = place

    def replaced_for(self, subject: str, places: Iterable[str]) -> list[str]:
        """The names that can make the subject another one at one of these places."""
        return self.replaced({subject, *self._called}, places)

    def replaced(self, names: Iterable[str], places: Iterable[str]) -> list[str]:
        """Those of the names that do not stand for one object at all these places."""
        places = list(places)
        return [name for name in names if len({id(self.value(name, p)) for p in places}) > 1]
