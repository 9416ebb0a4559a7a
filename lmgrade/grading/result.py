"""What grading a submission found."""

from dataclasses import asdict, dataclass, field, replace
from typing import Any

from lmgrade.notebook.assignment import Exam


def one_line(text: str) -> str:
    """Text that a terminal shows as it is: no line ends, escape codes or other invisible signs."""
    return "".join(c if c.isprintable() else " " if c.isspace() else "\ufffd" for c in text)


@dataclass
class TestResult:
    """The verdict of one test cell; an empty message means full points."""

    __test__ = False  # pytest: this is no test case

    grade_id: str
    score: float
    max_score: float
    message: str = ""

    def __post_init__(self) -> None:
        self.message = one_line(self.message)
        if self.score < self.max_score and not self.message:  # the test gave no reason
            self.message = "a part of what is asked for is missing"


@dataclass
class Result:
    """The verdicts of all tests, and what an instructor should know besides."""

    tests: list[TestResult] = field(default_factory=list)
    error: str | None = None
    flags: list[str] = field(default_factory=list)
    outputs: dict[str, list[str | None]] = field(default_factory=dict)
    unreadable: bool = False  # there was no submission to run
    failed: bool = False  # the grader did, and nothing is known of the submission

    @property
    def score(self) -> float:
        return sum(test.score for test in self.tests)

    @property
    def max_score(self) -> float:
        return sum(test.max_score for test in self.tests)

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)


def result_from(tree: dict[str, Any]) -> Result:
    """Read back what `to_dict` wrote."""
    return Result(**{**tree, "tests": [TestResult(**test) for test in tree["tests"]]})


def zero(exam: Exam, error: str) -> Result:
    """The result of a submission that cannot be run: no points, and the reason."""
    error = one_line(error)
    tests = [TestResult(c.id, 0.0, c.points, error) for c in exam.tests]
    return Result(tests, error, [error])


def failed(exam: Exam, error: str) -> Result:
    """The result where the grader itself fails: it tells nothing of the submission."""
    return replace(zero(exam, error), failed=True)


def unreadable(exam: Exam, error: str) -> Result:
    """The result where there was no submission to run."""
    return replace(zero(exam, error), unreadable=True)
