"""Assignments and chapters in JupyterLab, as students meet them: run, edited, answered."""

import json
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from html import escape
from pathlib import Path

import pytest
from markdown_it import MarkdownIt
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from book._ext import quiz
from lmgrade.notebook.release import ROOT, names, release_notebook, solution_notebook, source_of
from lmgrade.score import score
from lmlib import Dropout
from lmlib.checks.dropout import check
from lmlib.checks.hints import hints_for
from tests import jupyter, needs

pytestmark = [pytest.mark.needs("browser"), pytest.mark.needs("site")]

CHAPTERS = ("33-dropout-scaling",)
# What a student might write instead, where, and the symptom that the table then shows.
MISTAKES = {
    "dropout": ("keep_mask(x, self.p) / (1 - self.p)", "keep_mask(x, self.p)", "not-rescaled"),
}
SETTINGS = {
    # Every cell is in the page, also those out of sight.
    "notebook-extension/tracker": {"windowingMode": "none"},
    "apputils-extension/notification": {"fetchNews": "false"},
    "apputils-extension/themes": {"adaptive-theme": True},  # dark where the browser asks for it
}
MYST = re.compile(r":::|```|\{[a-z:-]+\}`|\{(quiz|code-cell|literalinclude)\}|\)=$", re.M)
RUN = "[...document.querySelectorAll('.jp-CodeCell .jp-InputPrompt')]"
RUN += ".every(prompt => !prompt.textContent || /[0-9]/.test(prompt.textContent))"  # "": folded
TABLE = ".jp-OutputArea table"
ERROR = "[data-mime-type='application/vnd.jupyter.stderr']"  # a traceback, or what a cell warns of

PASTE = """(editor, text) => {
  const clipboardData = new DataTransfer();
  clipboardData.setData("text/plain", text);
  const event = {clipboardData, bubbles: true, cancelable: true};
  editor.dispatchEvent(new ClipboardEvent("paste", event));
}"""

# Every text of ours that is shown, with its contrast to the ground behind it (WCAG's formula).
CONTRASTS = """() => {
  const numbers = color => color.match(/[0-9.]+/g).map(Number);
  const channel = v => v <= 10 ? v / 3294.6 : ((v / 255 + 0.055) / 1.055) ** 2.4;
  const light = ([r, g, b]) => 0.2126 * channel(r) + 0.7152 * channel(g) + 0.0722 * channel(b);
  const ground = element => {
    const color = numbers(getComputedStyle(element).backgroundColor);
    return color[3] === 0 ? ground(element.parentElement) : color;
  };
  const speaks = element => element.checkVisibility() && !element.closest("pre, mjx-container")
    && [...element.childNodes].some(node => node.nodeType === 3 && node.data.trim());
  const all = [...document.querySelectorAll(".jp-RenderedHTMLCommon *")].filter(speaks);
  return all.map(element => {
    const lights = [light(numbers(getComputedStyle(element).color)), light(ground(element))];
    return [element.textContent, (Math.max(...lights) + 0.05) / (Math.min(...lights) + 0.05)];
  });
}"""
UNWRITTEN = r"\[{}\.(not-written|waits)\]$"


@dataclass
class Lab:
    """JupyterLab on loopback, on the files of a folder, and the browser window that shows it."""

    folder: Path
    url: str
    context: BrowserContext
    asked: list[str] = field(default_factory=list)

    def watch(self) -> None:
        """Note what a page must not do: ask another host. (We show no script that could fail.)"""
        here = (self.url, self.url.replace("http", "ws"), "data:", "blob:")
        self.context.on("request", lambda r: r.url.startswith(here) or self.asked.append(r.url))

    @contextmanager
    def opened(self, path: str) -> Iterator[Page]:
        """A notebook, shown and with a kernel that waits for work."""
        self.asked.clear()
        page = self.context.new_page()
        page.goto(f"{self.url}/lab/tree/{path}?reset&token={jupyter.TOKEN}")
        expect(page.get_by_title("Change kernel").get_by_text("| Idle")).to_be_visible(
            timeout=300_000
        )
        yield page
        page.close()
        self.stop_kernels()
        assert not self.asked

    def stop_kernels(self) -> None:
        head = {"Authorization": f"token {jupyter.TOKEN}"}
        for kernel in self.context.request.get(f"{self.url}/api/kernels", headers=head).json():
            self.context.request.delete(f"{self.url}/api/kernels/{kernel['id']}", headers=head)


@pytest.fixture(scope="module")
def lab(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    folder, own = tmp_path_factory.mktemp("my course"), tmp_path_factory.mktemp("own")
    shutil.copytree(ROOT / "exercises", folder / "exercises")
    shutil.copytree(needs.BUILD / "notebooks" / "book", folder / "book")
    for name, values in SETTINGS.items():
        file = own / "lab" / "user-settings" / "@jupyterlab" / f"{name}.jupyterlab-settings"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(values))
    with jupyter.lab(folder, own) as url:
        context = browser.new_context(viewport={"width": 1200, "height": 900})
        made = Lab(folder, url, context)
        made.watch()
        yield made
        context.close()


def run_all(page: Page) -> None:
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_text("Run All Cells", exact=True).click()
    page.wait_for_function(RUN, timeout=300_000)


def cell(page: Page, number: int) -> Locator:
    return page.locator(".jp-Notebook .jp-Cell").nth(number)


def write(page: Page, number: int, text: str) -> None:
    """Paste a text in the place of a cell's own: the editor redraws itself, nobody else does."""
    editor = cell(page, number).locator(".cm-content")
    editor.click()
    page.keyboard.press("Control+a")
    editor.evaluate(PASTE, text)


def rows(table: Locator) -> list[list[str]]:
    """The cells' texts: verdict, property, id, what was seen."""
    lines = table.locator("tbody tr").all()
    return [line.locator("td").all_inner_texts() for line in lines]


def cells_with(name: str, text: str) -> list[int]:
    """The numbers of an assignment's cells that hold a text."""
    cells = release_notebook(solution_notebook(source_of(name))).cells
    return [number for number, cell in enumerate(cells) if text in cell.source]


def type_in(page: Page, name: str, right: str, wrong: str) -> None:
    """Put the solution into the cells that ask for it, with a mistake in the place of a line."""
    solved = solution_notebook(source_of(name)).cells
    for number in cells_with(name, "YOUR CODE HERE"):
        if solved[number].cell_type == "code":
            work = re.sub(r" *### .*\n", "", solved[number].source).replace(right, wrong)
            write(page, number, work)


@pytest.mark.parametrize("name", names()[-1:])
def test_an_untouched_assignment_runs_to_its_end(lab: Lab, name: str) -> None:
    with lab.opened(f"exercises/{name}/{name}.ipynb") as page:
        run_all(page)
        verdicts = [row[0] for table in page.locator(TABLE).all() for row in rows(table)]
        assert verdicts
        assert set(verdicts) <= {"… not written yet", "… waits"}
        assert page.get_by_text(re.compile("^Hint 1 of ")).count() == 1
        said = page.locator(ERROR).all_inner_texts()
        assert said
        assert all(re.search(UNWRITTEN.format(name), text.strip()) for text in said), said


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_is_named_and_once_mended_all_passes_and_is_saved(lab: Lab, name: str) -> None:
    right, wrong, symptom = MISTAKES[name]
    shutil.copytree(ROOT / "exercises" / name, lab.folder / "mine" / name)
    path = f"mine/{name}/{name}.ipynb"
    with lab.opened(path) as page:
        type_in(page, name, right, wrong)
        run_all(page)
        judged = rows(page.locator(TABLE).first)
        assert {"✓ passed", "✗ failed"} <= {row[0] for row in judged}
        id = next(row[2] for row in judged if f"[{name}.{symptom}]" in row[3]).split(", ")[0]
        expect(page.locator(ERROR).filter(has_text=symptom).first).to_be_visible()
        expect_readable(page)
        ask_for_hints(page, name, id, right)

        type_in(page, name, "", "")
        run_all(page)
        for table in page.locator(TABLE).all():
            assert {row[0] for row in rows(table)} == {"✓ passed"}
        expect(page.locator(ERROR)).to_have_count(0)
        page.keyboard.press("Control+s")
        expect(page.locator(".lm-TabBar-tab.jp-mod-dirty")).to_have_count(0)
    (result,) = score(name, [lab.folder / path], ROOT, sandbox=False)
    assert result.score == result.max_score


def ask_for_hints(page: Page, name: str, id: str, solution: str) -> None:
    """Read all hints for a property; none may hold the line that solves it."""
    number = cells_with(name, "check.hint(")[0]
    hints = hints_for(name, id)
    ask = f'for _ in range({len(hints)}):\n    check.hint("{id}")'
    write(page, number, ask)
    page.keyboard.press("Control+Enter")
    for step, hint in enumerate(hints, 1):
        output = cell(page, number).locator(".jp-OutputArea")
        expect(output).to_contain_text(f"Hint {step} of {len(hints)}: {hint}")
        assert solution not in hint


@pytest.mark.parametrize("name", CHAPTERS)
def test_a_chapter_runs_reads_plainly_and_gives_reasons(lab: Lab, name: str) -> None:
    with lab.opened(f"book/{name}.ipynb") as page:
        run_all(page)
        expect(page.locator(ERROR)).to_have_count(0)
        sizes = page.eval_on_selector_all(".jp-OutputArea img", "all => all.map(i => i.width)")
        assert sizes
        assert min(sizes) > 300
        prose = page.locator(".jp-MarkdownCell .jp-RenderedMarkdown").all_inner_texts()
        assert not [left for text in prose for left in MYST.findall(text)]
        assert page.locator("mjx-merror").count() == 0
        answer_quiz(page, name)
        expect_readable(page)


def answer_quiz(page: Page, name: str) -> None:
    """Open every option, by mouse and by keyboard in turn, and see its reason."""
    options = [option for question in quiz.load(name) for option in question.options]
    folded = page.locator(".jp-Notebook details")
    expect(folded).to_have_count(len(options))
    for number, option in enumerate(options):
        reason = folded.nth(number).get_by_text(option.verdict)
        summary = folded.nth(number).locator("summary")
        expect(reason).to_be_hidden()
        if number % 2:
            summary.click()
        else:
            summary.focus()
            page.keyboard.press("Space" if number % 4 else "Enter")
        expect(reason).to_be_visible()


def expect_readable(page: Page) -> None:
    """Demand a contrast of 4.5 : 1 for what we show, in both of JupyterLab's themes."""
    for scheme in ("dark", "light"):
        page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
        light = "true" if scheme == "light" else "false"
        expect(page.locator("body")).to_have_attribute("data-jp-theme-light", light)
        seen = page.evaluate(CONTRASTS)
        assert len(seen) > 10
        assert not [(text, ratio) for text, ratio in seen if ratio < 4.5], scheme


def test_quiz_and_table_work_in_a_frame_of_their_own_as_in_colab(browser: Browser) -> None:
    questions = quiz.load("33-dropout-scaling")
    quizzes = quiz.as_notebook_markdown(questions)
    shown = check(Dropout)._repr_html_() + MarkdownIt("commonmark", {"html": True}).render(quizzes)
    assert "<script" not in shown
    page = browser.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.set_content(f'<iframe sandbox="allow-scripts" srcdoc="{escape(shown)}"></iframe>')
    frame = page.frame_locator("iframe")
    expect(frame.get_by_text("properties hold")).to_be_visible()
    frame.locator("summary").first.click()
    expect(frame.get_by_text(questions[0].options[0].verdict).first).to_be_visible()
    assert not [url for url in asked if not url.startswith("about:")]
    page.close()
