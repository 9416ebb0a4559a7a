"""Code that runs on the page: nothing is asked of others before the reader asks for it."""

import base64
import hashlib
import re
from collections.abc import Iterator
from unittest.mock import Mock

import pytest
from playwright.sync_api import Browser, Page, expect

from book._ext import live
from book._tools import chapters
from tests import needs

pytestmark = [pytest.mark.needs("browser"), pytest.mark.needs("site")]

STUB = """window.thebe = {
  on() {}, bootstrap(options) { window.asked = options; return Promise.resolve({}); } };"""
SCRIPT = (chapters.ROOT / "book" / "_static" / "live.js").read_text(encoding="utf-8")
HTML = "text/html; charset=utf-8"
FROM_ANYWHERE = {"access-control-allow-origin": "*"}
THEBE = "https://unpkg.com/thebe@0.9.3/lib/"


class Chapter:
    """A chapter of a course with a named repository, what it asked of others, and Thebe's stub."""

    def __init__(self, page: Page, site: str) -> None:
        self.page, self.foreign = page, list[str]()
        page.on("request", lambda request: self.note(request.url, site))
        page.route(f"{THEBE}**", lambda route: route.fulfill(body=STUB, headers=FROM_ANYWHERE))
        path = "book/33-dropout-scaling.html"
        context = {"body": (needs.SITE / path).read_text(encoding="utf-8")}
        live.offer(Mock(), "", "", context, None)
        html = context["body"].replace("</head>", '<script src="live.js" defer></script></head>')
        page.route(f"{site}/{path}", lambda route: route.fulfill(body=html, content_type=HTML))
        self.address = f"{site}/{path}"
        self.button = page.get_by_role("button", name="Run the code on this page")
        self.status = page.locator(".live [role=status]")

    def note(self, url: str, site: str) -> None:
        if not url.startswith((site, "data:")):
            self.foreign.append(url)

    def open(self, script: str) -> None:
        self.page.route("**/live.js", lambda route: route.fulfill(body=script))
        self.page.goto(self.address)


@pytest.fixture
def chapter(browser: Browser, site: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Chapter]:
    monkeypatch.setattr(live, "repository", lambda: "https://github.com/jane/course")
    page = browser.new_page()
    yield Chapter(page, site)
    page.close()


def test_nothing_is_asked_of_others_before_the_button_is_pressed(chapter: Chapter) -> None:
    expected = base64.b64encode(hashlib.sha384(STUB.encode()).digest()).decode()
    script = re.sub(r"sha384-[\w+/]+", lambda _: f"sha384-{expected}", SCRIPT)  # let the stub pass
    chapter.open(script)
    expect(chapter.status).to_contain_text("unpkg.com")
    expect(chapter.status).to_contain_text("mybinder.org")
    cells = chapter.page.locator(".cell_input pre").count()
    chapter.page.wait_for_load_state("networkidle")
    assert not chapter.foreign
    chapter.button.press("Enter")
    expect(chapter.status).to_contain_text("ready")
    assert set(chapter.foreign) == {f"{THEBE}thebe.css", f"{THEBE}index.js"}
    asked = chapter.page.evaluate("window.asked")
    assert asked["binderOptions"] == {
        "repo": "jane/course",
        "ref": "notebooks",
        "binderUrl": "https://mybinder.org",
        "repoProvider": "github",
    }
    assert asked["mathjaxUrl"] == ""  # else Thebe loads MathJax from a third host
    for mark in ("[data-executable]", "[data-output]"):
        assert chapter.page.locator(mark).count() == cells


def test_another_program_than_the_known_one_is_refused(chapter: Chapter) -> None:
    chapter.open(SCRIPT)
    chapter.button.click()
    expect(chapter.status).to_contain_text("That didn't work")
    expect(chapter.button).to_be_enabled()
    assert not chapter.page.evaluate("'thebe' in window")


def test_without_a_repository_there_is_no_button(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "repository", lambda: "")
    context = {"body": '<section id="now-you-try"><h2>Now you try</h2></section>'}
    app = Mock()
    live.offer(app, "", "", context, None)
    assert "button" not in context["body"]
    assert not app.add_js_file.called
