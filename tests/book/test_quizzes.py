"""The multiple-choice questions: their form, and that each chapter has its file."""

from collections import Counter
from pathlib import Path

import pytest

from book._ext import quiz

BOOK = Path(__file__).parents[2] / "book"
CHAPTERS = sorted(p.stem for p in BOOK.glob("[0-9][0-9]-*.md"))
FILES = sorted(p.stem for p in (BOOK / "quizzes").glob("*"))

GOOD = """
- question: "What?"
  options:
    - {text: "a", right: true, why: "since"}
    - {text: "b", right: false, why: "no"}
    - {text: "c", right: false, why: "no"}
"""


def test_every_chapter_has_a_quiz_and_every_quiz_a_chapter() -> None:
    assert FILES == CHAPTERS


@pytest.mark.parametrize("name", CHAPTERS)
def test_a_chapter_shows_its_own_quiz(name: str) -> None:
    assert (BOOK / f"{name}.md").read_text().count(f"```{{quiz}} {name}\n") == 1


@pytest.mark.parametrize("name", FILES)
def test_questions_have_one_right_option_and_a_reason_each(name: str) -> None:
    for question in quiz.load(name):
        assert sum(option.right for option in question.options) == 1
        assert len(question.options) >= 3
        assert all(option.why for option in question.options)


def test_neither_place_nor_length_tells_the_right_option() -> None:
    questions = [question for name in FILES for question in quiz.load(name)]
    for size in {len(question.options) for question in questions}:
        rights = [[o.right for o in q.options] for q in questions if len(q.options) == size]
        places = Counter(right.index(True) for right in rights)
        even = len(rights) / size
        assert all(0.6 * even < places[place] < 1.5 * even for place in range(size)), places
    longest = [max(q.options, key=lambda o: (len(o.text), o.right)).right for q in questions]
    shortest = [min(q.options, key=lambda o: (len(o.text), not o.right)).right for q in questions]
    assert sum(longest) <= len(questions) / 3
    assert sum(shortest) <= len(questions) / 2


def test_the_order_of_options_is_drawn_once_for_each_question(tmp_path: Path) -> None:
    seen = set()
    for number in range(40):
        (tmp_path / "x.yml").write_text(GOOD.replace("What?", f"What {number}?"))
        (question,) = quiz.load("x", tmp_path)
        seen.add("".join(option.text for option in question.options))
        assert quiz.load("x", tmp_path) == [question]
    assert len(seen) == 6


def test_a_question_whose_words_change_is_a_new_one(tmp_path: Path) -> None:
    keys = set()
    for old, new in (("", ""), ("What", "Why"), ('"a"', '"d"'), ('"no"', '"no, since"')):
        (tmp_path / "x.yml").write_text(GOOD.replace(old, new))
        keys.add(quiz.load("x", tmp_path)[0].key)
    assert len(keys) == 3  # a better reason leaves the question as it was


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("right: true", "right: false", "exactly 1"),
        ("right: false", "right: true", "exactly 1"),
        ('why: "since"', 'why: ""', "`why` is empty"),
        (', why: "since"', "", "expected exactly the keys"),
        ("right: true", "right: 'yes'", "`right` must be bool"),
        ('    - {text: "c", right: false, why: "no"}\n', "", "at least 3"),
        ('text: "c"', 'text: "b"', "same text"),
        ("- question", "question", "not YAML|expected a list"),
        ('"What?"', "What: now", "not YAML"),
    ],
)
def test_a_malformed_quiz_is_refused(tmp_path: Path, old: str, new: str, message: str) -> None:
    assert old in GOOD
    (tmp_path / "x.yml").write_text(GOOD.replace(old, new))
    with pytest.raises(quiz.QuizError, match=message):
        quiz.load("x", tmp_path)


def test_an_unknown_quiz_names_those_that_exist(tmp_path: Path) -> None:
    (tmp_path / "x.yml").write_text(GOOD)
    with pytest.raises(quiz.QuizError, match=r"no quiz 'y'.*exist: x"):
        quiz.load("y", tmp_path)


def test_notebooks_get_plain_details_with_code_and_math(tmp_path: Path) -> None:
    (tmp_path / "x.yml").write_text(GOOD.replace('"a"', '"`nn.Linear` of $a<b_1$ and *more*"'))
    text = quiz.as_notebook_markdown(quiz.load("x", tmp_path))
    assert text.count("<details>") == text.count("</details>") == 3
    assert (
        "<summary><code>nn.Linear</code> of $a&lt;b_1$ and <em>more</em></summary>\n\n"
        "**Right.** since" in text
    )
