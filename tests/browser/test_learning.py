"""What a reader does: predict, check, see the progress; and what is left without a script."""

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from book._ext import overview, quiz
from book._tools import chapters
from lmlib import results
from tests import needs
from tests.browser.test_site import AXE, settle, violations

pytestmark = [pytest.mark.needs("browser"), pytest.mark.needs("site")]

CHAPTERS = [path for _, paths in overview.parts() for path in paths]
NAMES = [path.stem for path in CHAPTERS]
WITH_PREDICTION = [path for path in chapters.pages() if "{predict}" in path.read_text()]
MEASURED = re.compile(r"^:tags: .*\bmeasured\b", re.MULTILINE)
LETTERS = "ABCDEFGH"
ANSWER = "section#the-short-answer > :is(p, ul, ol, div)"


@pytest.fixture
def new_page(browser: Browser, site: str) -> Callable[..., Page]:
    """Opens a page of the site as a new reader; errors of its scripts fail the test."""
    contexts, errors = [], []

    def new(path: str, *, script: str = "", **options: object) -> Page:
        options = {"viewport": {"width": 1280, "height": 900}, **options}
        contexts.append(browser.new_context(reduced_motion="reduce", **options))
        contexts[-1].add_init_script(script)
        page = contexts[-1].new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.goto(path if ":" in path else f"{site}/book/{path}.html")
        return page

    yield new
    for context in contexts:
        context.close()
    assert not errors


def commit(form: Locator) -> str:
    """Answer a prediction in the way its form asks for; the answer."""
    if form.locator("[type=radio]").count():
        form.locator("label").last.click()
        answer = form.locator("label > :last-child").last.inner_text()
    else:
        answer = "12.5"
        form.locator("input, textarea").fill(answer)
    form.get_by_role("button", name="Commit").click()
    return answer


def check(page: Page, number: int, letter: str) -> Locator:
    form = page.locator(f"#quiz-{number}")
    form.locator(f"[value={letter}]").check()
    form.get_by_role("button", name="Check").click()
    return form


def right_letter(question: quiz.Question) -> str:
    return LETTERS[[option.right for option in question.options].index(True)]


@pytest.mark.parametrize("path", WITH_PREDICTION[::3], ids=lambda path: path.stem)
def test_a_chapter_asks_before_it_tells(new_page: Callable[..., Page], path: Path) -> None:
    page = new_page(path.stem, viewport={"width": 390, "height": 844})
    predicted(page, bool(MEASURED.search(path.read_text())))
    if path in CHAPTERS[1::4]:  # all are made by the same code
        checked(page, path.stem)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


@pytest.mark.parametrize("name", ["04-share-a-layer", "33-dropout-scaling", "39-weight-tying"])
def test_what_unfolds_is_accessible(new_page: Callable[..., Page], name: str) -> None:
    page = new_page(name, viewport={"width": 390, "height": 844})
    predicted(page, measured=True)
    checked(page, name)
    parts = ("#predict-first", "#the-short-answer", ".quiz")
    settle(page)
    page.evaluate(AXE)
    assert not violations(page, parts)
    page.emulate_media(color_scheme="dark")
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    assert not violations(page, parts)


def predicted(page: Page, measured: bool) -> None:
    """The short answer and what was measured unfold when the reader commits, and not before."""
    form, answer = page.locator(".predict"), page.locator(ANSWER).first
    form.get_by_role("button", name="Commit").click()  # with nothing in it
    expect(answer).to_be_hidden()
    expect(page.locator("section:has(> .predict) + section ~ section > *").last).to_be_visible()
    assert form.locator(".measured").count() == measured
    assert not form.locator(".measured:visible").count()
    given = commit(form)
    expect(answer).to_be_visible()
    expect(form.locator(".said")).to_have_text(f"You said: {given}")
    assert form.locator(".measured:visible").count() == measured


def checked(page: Page, name: str) -> None:
    """The verdict is said, and the reasons of the chosen and the right option are shown."""
    questions = quiz.load(name)
    for number, question in enumerate(questions, 1):
        right = right_letter(question)
        chosen = right if number == 1 else next(x for x in LETTERS if x != right)
        form = page.locator(f"#quiz-{number}")
        expect(form.get_by_role("group")).to_have_accessible_name(re.compile("^Question"))
        assert not form.locator(".why:visible").count()
        check(page, number, chosen)
        said = f"{right} is right." if chosen == right else f"Not {chosen}. {right} is right."
        expect(form.get_by_role("status")).to_have_text(said)
        verdicts = form.locator(".why:visible > strong").all_inner_texts()
        assert sorted(verdict[0] for verdict in verdicts) == sorted({chosen, right})
    kept = json.loads(page.evaluate("localStorage.getItem(KEY)"))["quiz"][name]
    assert kept["of"] == len(questions)
    assert set(kept["answers"]) == {question.key for question in questions}


def test_without_javascript_all_is_there_and_nothing_asks(new_page: Callable[..., Page]) -> None:
    page = new_page("index", java_script_enabled=False)
    for path in WITH_PREDICTION[::8]:
        page.goto(re.sub(r"[\w-]+\.html$", f"{path.stem}.html", page.url))
        expect(page.locator(ANSWER).first).to_be_visible()
        expect(page.locator(".predict .ask")).to_be_visible()
        for what in ("input, textarea, button", ".said"):
            shown = page.locator(f":is(.predict, .quiz) :is({what})")
            assert not any(found.is_visible() for found in shown.all())
        answers = page.locator(".quiz details")
        for details in answers.all():
            expect(details.locator(".why").first).to_be_hidden()
            details.locator("summary").click()
            for why in details.locator(".why").all():
                expect(why).to_be_visible()


def test_in_print_all_is_there(new_page: Callable[..., Page]) -> None:
    page = new_page("33-dropout-scaling")
    page.emulate_media(media="print")
    expect(page.locator(ANSWER).first).to_be_visible()
    expect(page.locator(".measured")).to_be_visible()
    for why in page.locator(".why").all():
        expect(why).to_be_visible()
    for button in page.locator(":is(.quiz, .predict) button").all():
        expect(button).to_be_hidden()


def test_a_reader_may_skip_and_comes_back_to_what_was_said(new_page: Callable[..., Page]) -> None:
    page = new_page("01-shrink-the-problem")
    page.get_by_role("button", name="Skip").click()
    expect(page.locator(ANSWER).first).to_be_visible()
    page.reload()
    expect(page.locator(ANSWER).first).to_be_visible()
    page.locator(".predict input").fill("100")  # and may still commit
    page.get_by_role("button", name="Commit").click()
    check(page, 1, "A")
    page.reload()
    expect(page.locator(".said")).to_have_text("You said: 100")
    expect(page.locator("#quiz-1 [value=A]")).to_be_checked()
    expect(page.locator("#quiz-1 .why.chosen")).to_be_visible()
    page.locator("#quiz-1").get_by_role("button", name="Try again").click()
    expect(page.locator("#quiz-1 .why.chosen")).to_be_hidden()
    expect(page.locator("#quiz-1 [value=A]")).not_to_be_checked()


def test_prediction_and_quiz_work_by_keyboard(new_page: Callable[..., Page]) -> None:
    page = new_page("33-dropout-scaling")
    page.locator(".predict input").focus()
    page.keyboard.type("40")
    page.keyboard.press("Enter")
    expect(page.locator(".said")).to_have_text("You said: 40")
    page.locator("#quiz-1 [value=A]").focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator("#quiz-1").get_by_role("status")).to_contain_text("right")
    expect(page.locator("#quiz-1 .option.chosen .letter")).to_have_text("B")


def test_a_link_into_the_short_answer_opens_it(new_page: Callable[..., Page], site: str) -> None:
    page = new_page(f"{site}/book/33-dropout-scaling.html#the-short-answer")
    expect(page.locator(ANSWER).first).to_be_visible()
    expect(page.locator(".said")).to_be_hidden()  # and nothing was committed
    assert json.loads(page.evaluate("localStorage.getItem(KEY)"))["guess"] == {}


def test_ticks_and_continue_follow_the_reader(new_page: Callable[..., Page], site: str) -> None:
    page = new_page("11-cost-of-state")
    links = page.locator(".bd-links a[href$='12-bptt.html'], .bd-links a[href='#']")
    expect(links.locator(".ticks")).to_have_count(0)
    for number, question in enumerate(quiz.load("11-cost-of-state"), 1):
        check(page, number, right_letter(question))
    expect(links.locator(".ticks")).to_have_attribute("title", "quiz done")
    page.locator(".prev-next-footer").scroll_into_view_if_needed()
    expect(links.locator(".ticks")).to_have_attribute("title", "read, quiz done")
    expect(page.locator(".bd-links .continue")).to_have_text("Continue with 12. BPTT")
    page.goto(f"{site}/book/index.html")
    expect(page.locator(".start a").first).to_have_text("Continue with 12. BPTT")
    ticked = page.locator(".course-map a:has(.ticks)")
    expect(ticked).to_have_accessible_name(re.compile(r"^11\. .*\(read, quiz done\)$"))
    page.locator(".start a").first.click()
    expect(page).to_have_url(re.compile("12-bptt"))
    page.goto(f"{site}/book/index.html")  # opened and not read to its end: go on there
    expect(page.locator(".start a").first).to_have_text("Continue with 12. BPTT")


def test_progress_collects_what_was_missed_and_what_was_not_tried(
    new_page: Callable[..., Page], site: str, tmp_path: Path
) -> None:
    page = new_page("33-dropout-scaling")
    first, second = quiz.load("33-dropout-scaling")
    wrong = next(letter for letter in LETTERS if letter != right_letter(first))
    check(page, 1, wrong)
    check(page, 2, right_letter(second))
    commit(page.locator(".predict"))
    page.goto(f"{site}/book/your-progress.html")
    missed, untried = page.locator(".missed li li:visible"), page.locator(".untried li li:visible")
    everything = sum(1 + len(quiz.load(name)) for name in NAMES)
    expect(missed).to_have_count(1)
    expect(untried).to_have_count(everything - 3)
    page.evaluate(AXE)
    assert not violations(page, ("article",))

    with page.expect_download() as download:
        page.get_by_role("button", name="Export").click()
    exported = tmp_path / "progress.json"
    download.value.save_as(exported)
    page.once("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="Forget").click()
    expect(missed).to_have_count(0)
    expect(page.locator(".missed")).to_be_visible()
    expect(untried).to_have_count(everything)
    other = tmp_path / "other.json"
    other.write_text('{"a": 1}')
    page.locator("[type=file]").set_input_files(other)
    expect(page.locator(".progress-page [role=status]")).to_contain_text("no progress file")
    expect(untried).to_have_count(everything)
    page.locator("[type=file]").set_input_files(exported)
    expect(missed).to_have_count(1)
    missed.get_by_role("link").click()
    expect(page).to_have_url(re.compile(r"33-dropout-scaling\.html#quiz-1$"))
    expect(page.locator(f"#quiz-1 [value={wrong}]")).to_be_checked()


# For the key of this script alone: the theme's own scripts don't expect it.
NO_STORAGE = """for (const name of ["getItem", "setItem"]) {
  const plain = Storage.prototype[name];
  Storage.prototype[name] = function (key, value) {
    if (key === "language-models-39") throw new Error("no storage");
    return plain.call(this, key, value);
  };
}"""
BROKEN = """localStorage.setItem("language-models-39", "{not JSON")"""


@pytest.mark.parametrize("script", [NO_STORAGE, BROKEN])
def test_all_works_while_nothing_can_be_kept(new_page: Callable[..., Page], script: str) -> None:
    page = new_page("33-dropout-scaling", script=script)
    commit(page.locator(".predict"))
    expect(page.locator(ANSWER).first).to_be_visible()
    expect(check(page, 1, "A").locator(".why.chosen")).to_be_visible()


def test_a_page_works_from_a_file(new_page: Callable[..., Page]) -> None:
    page = new_page((needs.SITE / "book" / "33-dropout-scaling.html").as_uri())
    commit(page.locator(".predict"))
    expect(page.locator(".said")).to_contain_text("You said")
    page.wait_for_timeout(500)  # what a page keeps is written a little later
    page.reload()
    expect(page.locator(".said")).to_contain_text("You said")


def test_the_front_page_shows_measured_steps_and_all_chapters(
    new_page: Callable[..., Page],
) -> None:
    page = new_page("index")
    steps = page.locator(".staircase > li").all()
    models = results.load("models")["models"]
    for step, (name, row) in zip(steps, models.items(), strict=True):
        accuracy = 100 * row["lmlib"]["accuracy"]["median"]
        expect(step.locator(".model")).to_have_text(name)
        expect(step.locator(".accuracy")).to_have_text(f"{accuracy:.0f} %")
    links = page.locator(".course-map a").evaluate_all(
        "all => all.map(a => a.getAttribute('href'))"
    )
    assert links == [f"{name}.html" for name in NAMES]
    minutes = page.locator(".course-map li > p > span, .course-map li > span").all_inner_texts()
    assert [4 <= int(text.removesuffix(" min")) <= 20 for text in minutes] == [True] * 39
    expect(page.locator(".start a").first).to_have_text("Start with question 1")
