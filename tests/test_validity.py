"""No right work is rejected, no wrong work is accepted, and each slip gets its own message."""

import pytest

from lmgrade.release import names
from tests.validity.judge import assignments, judge_all, student_files


def test_every_assignment_has_enough_samples():
    for name in names():
        folders = [path.parent.name for path in student_files(name)]
        assert folders.count("right") >= 8, f"{name}: too few right samples"
        assert folders.count("wrong") >= 25, f"{name}: too few wrong samples"


@pytest.mark.parametrize("name", assignments())
def test_verdicts_and_messages(name):
    for verdict in judge_all(name, seeds=2):
        assert not verdict.misjudged, (verdict.path, verdict.first_messages)
        assert not verdict.misnamed, (verdict.path, verdict.first_messages, verdict.expected)
        assert verdict.share == 1 if verdict.is_right else verdict.share < 1
