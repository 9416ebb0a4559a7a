"""A suite holds the properties of one assignment and runs them."""

import inspect
import random
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from lmlib.checks.case import Case
from lmlib.checks.hints import hints_for
from lmlib.checks.isolation import isolated
from lmlib.checks.report import Outcome, Report
from lmlib.checks.symptom import NotWritten, Symptom, WrongCall, cut, explain, where, wrapped

Body = Callable[..., None]
Known = dict[str, Outcome]
PUBLIC_SEED = 0
SLOW = 2.0  # seconds until a run of checks shows where it is


@dataclass(frozen=True)
class Property:
    """One testable sentence about the student's code."""

    id: str
    title: str
    subjects: tuple[str, ...]
    body: Body
    depends: tuple[str, ...] = ()


class Suite:
    """The properties of one assignment; `check(Dropout)` in a notebook runs them all."""

    def __init__(self, assignment: str, *subjects: str) -> None:
        self.assignment, self.subjects = assignment, subjects
        self.properties: dict[str, Property] = {}
        self.grade = Graded(self)
        self._property_of: dict[str, str] = {}  # by the id of a symptom that was seen
        self._printed = ""  # by the student's code
        self._hints_given: Counter[str] = Counter()

    def property(self, title: str, depends: Sequence[str] = ()) -> Callable[[Body], Body]:
        """Register a function `name(subject, …, case)`; its parameters name what it needs.

        `depends` names properties without which this one says nothing: where one of them does not
        hold, this one is not run and waits for it.
        """

        def register(body: Body) -> Body:
            *subjects, _case = inspect.signature(body).parameters
            for id in depends:
                if not set(self._find(id).subjects) <= set(subjects):
                    raise ValueError(f"{body.__name__} depends on {id}, which needs other subjects")
            entry = Property(body.__name__, title, tuple(subjects), body, tuple(depends))
            self.properties[entry.id] = entry
            return body

        return register

    def run(
        self, id: str, *subjects: Any, seed: int = PUBLIC_SEED, known: Known | None = None
    ) -> Outcome:
        """Judge one property on the draw of data that belongs to the seed; never raise.

        `known` holds the outcomes of properties that were judged before, and takes new ones.
        """
        entry = self._find(id)
        known = {} if known is None else known
        given = dict(zip(entry.subjects, subjects, strict=True))
        for need in entry.depends:
            if need not in known:
                others = (given[name] for name in self._find(need).subjects)
                self.run(need, *others, seed=seed, known=known)
            if known[need].symptom is not None:
                root = known[need].waits_for or need
                waiting = Symptom("waits", f"needs `{root}` first").prefixed(self.assignment)
                known[id] = Outcome(entry.id, entry.title, waiting, waits_for=root)
                return known[id]
        known[id] = Outcome(entry.id, entry.title, self._judge(entry, subjects, Case(seed)))
        return known[id]

    def _judge(self, entry: Property, subjects: tuple[Any, ...], case: Case) -> Symptom | None:
        """Run the body of a property; return what is wrong, or None."""
        found = None
        with isolated(case.seed()) as printed:
            try:
                missing = next((s for s in subjects if isinstance(s, NotWritten)), None)
                if missing is not None:
                    raise missing.symptom()
                entry.body(*subjects, case)
            except KeyboardInterrupt:
                raise
            except BaseException as error:
                found = explain(error).prefixed(self.assignment)
        self._printed = self._printed or printed.getvalue().strip()
        if found is not None:
            self._property_of[found.id] = entry.id
        return found

    def __call__(self, *subjects: Any, seed: int = PUBLIC_SEED) -> Report:
        """Judge every property that needs no more than the subjects given, in their order."""
        from lmlib.progress import tqdm  # which a grader does not need, and a notebook has anyway

        given = _named(self.subjects, subjects, at_least=1)
        chosen = [e for e in self.properties.values() if given.keys() >= set(e.subjects)]
        known: Known = {}
        outcomes, said, self._printed = [], "", ""
        for entry in (bar := tqdm(chosen, "checking", leave=False, delay=SLOW)):
            bar.set_postfix_str(entry.id, refresh=False)
            try:
                own = (given[name] for name in entry.subjects)
                outcomes.append(self.run(entry.id, *own, seed=seed, known=known))
            except KeyboardInterrupt as stop:
                said = f"Stopped while `{entry.id}` was being checked{where(stop)}; "
                said += "does a loop never end?"
                bar.close()
                break
        if self._printed:
            said = f"{said}\nYour code printed: {cut(self._printed)}".strip()
        return Report(self.assignment, outcomes, said, len(chosen) - len(outcomes))

    def hint(self, id: str) -> None:
        """Print the next hint for a property, or for the id that a message ends with."""
        id = id.strip("[] ")
        seen = self._property_of.get(id) or self._property_of.get(f"{self.assignment}.{id}")
        id = id if id in self.properties else seen or id
        hints = hints_for(self.assignment, self._find(id).id)
        step = self._hints_given[id] % len(hints)
        self._hints_given[id] += 1
        print(wrapped(f"Hint {step + 1} of {len(hints)}: {hints[step]}"))

    def __getattr__(self, id: str) -> Callable[..., None]:
        """`check.survivors(Dropout)`: print that the property holds, or raise its symptom."""
        if id.startswith("_"):
            raise AttributeError(id)
        entry = self._find(id)

        def line(*subjects: Any) -> None:
            _named(entry.subjects, subjects)
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
        self._known: Known = {}
        self._subjects: dict[str, Any] = {}

    def __getattr__(self, id: str) -> Callable[..., None]:
        if id.startswith("_"):
            raise AttributeError(id)
        self._suite._find(id)
        return lambda *subjects: _demand(self._run(id, *subjects))

    def _run(self, id: str, *subjects: Any) -> Outcome:
        """Judge a property; what it depends on has mostly been judged for an earlier cell."""
        given = _named(self._suite._find(id).subjects, subjects)
        if any(self._subjects.get(name, each) is not each for name, each in given.items()):
            self._known, self._subjects = {}, {}  # other code than before
        self._subjects.update(given)
        return self._suite.run(id, *subjects, seed=self._draw(), known=self._known)

    def _draw(self) -> int:
        return random.SystemRandom().getrandbits(31) if self.seed is None else self.seed


def _named(
    names: Sequence[str], subjects: Sequence[Any], at_least: int | None = None
) -> dict[str, Any]:
    """What was passed, by name, all if not told otherwise; an object instead of a class is told."""
    if not (at_least or len(names)) <= len(subjects) <= len(names):
        text = f"got {len(subjects)} objects; pass what you wrote, in order: {', '.join(names)}"
        raise WrongCall(text)
    given = dict(zip(names, subjects, strict=False))
    for name, subject in given.items():
        if getattr(subject, "__type_name__", type(subject).__name__) == name:  # of a stand-in's
            raise WrongCall(f"got an object made by {name}; pass the class itself: {name}")
    return given


def _demand(outcome: Outcome) -> None:
    if outcome.symptom is not None:
        raise Symptom(outcome.symptom.id, outcome.symptom.text)
