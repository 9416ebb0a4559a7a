"""A suite holds the properties of one assignment and runs them."""

import inspect
import random
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from lmlib.checks.case import Case
from lmlib.checks.hints import hints_for
from lmlib.checks.isolation import isolated
from lmlib.checks.report import Outcome, Report
from lmlib.checks.symptom import NotWritten, Symptom, explain, wrapped

Body = Callable[..., None]
PUBLIC_SEED = 0


@dataclass(frozen=True)
class Property:
    """One testable sentence about the student's code."""

    id: str
    title: str
    subjects: tuple[str, ...]
    body: Body


class Suite:
    """The properties of one assignment; `check(Dropout)` in a notebook runs them all.

    What is PyTorch's and has a name that matches `ready_made` would do the work that is asked for:
    properties look for it, and a grader takes it away.
    """

    def __init__(
        self, assignment: str, *subjects: str, ready_made: re.Pattern[str] | None = None
    ) -> None:
        self.assignment, self.ready_made = assignment, ready_made
        self.subjects = subjects
        self.properties: dict[str, Property] = {}
        self.grade = Graded(self)
        self._hints_given: Counter[str] = Counter()

    def property(self, title: str) -> Callable[[Body], Body]:
        """Register a function `name(subject, …, case)`; its parameters name what it needs."""

        def register(body: Body) -> Body:
            *subjects, _case = inspect.signature(body).parameters
            entry = Property(body.__name__, title, tuple(subjects), body)
            self.properties[entry.id] = entry
            return body

        return register

    def run(self, id: str, *subjects: Any, seed: int = PUBLIC_SEED) -> Outcome:
        """Judge one property on the draw of data that belongs to the seed; never raise."""
        entry, case = self._find(id), Case(seed)
        try:
            missing = next((s for s in subjects if isinstance(s, NotWritten)), None)
            if missing is not None:
                raise missing.symptom()
            with isolated(case.seed(), *subjects):
                entry.body(*subjects, case)
        except KeyboardInterrupt:
            raise
        except BaseException as error:
            return Outcome(entry.id, entry.title, explain(error).prefixed(self.assignment))
        return Outcome(entry.id, entry.title, None)

    def __call__(self, *subjects: Any, seed: int = PUBLIC_SEED) -> Report:
        """Judge every property that needs no more than the subjects given, in their order."""
        if not 0 < len(subjects) <= len(self.subjects):
            known = ", ".join(self.subjects)
            raise TypeError(f"got {len(subjects)} objects; pass what you wrote, in order: {known}")
        given = dict(zip(self.subjects, subjects, strict=False))
        outcomes = [
            self.run(entry.id, *(given[name] for name in entry.subjects), seed=seed)
            for entry in self.properties.values()
            if given.keys() >= set(entry.subjects)
        ]
        return Report(self.assignment, outcomes)

    def hint(self, id: str) -> None:
        """Print the next hint for a property; after the last one, start again."""
        hints = hints_for(self.assignment, self._find(id).id)
        if not hints:
            raise LookupError(f"there are no hints for {id} of {self.assignment}")
        step = self._hints_given[id] % len(hints)
        self._hints_given[id] += 1
        print(wrapped(f"Hint {step + 1} of {len(hints)}: {hints[step]}"))

    def __getattr__(self, id: str) -> Callable[..., None]:
        """`check.survivors(Dropout)`: print that the property holds, or raise its symptom."""
        if id.startswith("_"):
            raise AttributeError(id)
        entry = self._find(id)

        def line(*subjects: Any) -> None:
            _demand(self.run(id, *subjects))
            print(f"passed: {entry.title}")

        return line

    def __dir__(self) -> list[str]:
        return [*super().__dir__(), *self.properties]

    def _find(self, id: str) -> Property:
        if id not in self.properties:
            known = ", ".join(self.properties)
            raise AttributeError(f"no property {id!r} in {self.assignment}; there are: {known}")
        return self.properties[id]


class Graded:
    """The same properties on sizes and numbers that nobody can know beforehand."""

    def __init__(self, suite: Suite) -> None:
        self._suite = suite
        self.seed: int | None = None  # None draws anew for every call; a test may fix it

    def __getattr__(self, id: str) -> Callable[..., None]:
        if id.startswith("_"):
            raise AttributeError(id)
        self._suite._find(id)
        return lambda *subjects: _demand(self._suite.run(id, *subjects, seed=self._draw()))

    def _draw(self) -> int:
        return random.SystemRandom().getrandbits(31) if self.seed is None else self.seed


def _demand(outcome: Outcome) -> None:
    if outcome.symptom is not None:
        raise Symptom(outcome.symptom.id, outcome.symptom.text)
