"""The built site in a real browser: no foreign request, no console error, accessible, usable."""

import gzip
import re
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import axe_playwright_python
import pytest
from playwright.sync_api import Browser, Page, Response, expect

from book import keep
from book._ext import quiz
from book._tools import chapters
from tests import needs

pytestmark = [pytest.mark.needs("browser"), pytest.mark.needs("site")]

AXE = Path(axe_playwright_python.__file__).with_name("axe.min.js").read_text()
PAGES = [f"book/{path.stem}.html" for path in chapters.pages()]
PHONE = 390
NARROW = 320
# Type of 10 points, at 96 dots an inch, has 9 pixels when a figure is shown at this scale.
LEGIBLE = 0.675
HEAVIEST = {"kB": 350, "requests": 15}
TABS_BEFORE_TEXT = 35
NAME = "33-dropout-scaling"
CHAPTER = f"book/{NAME}.html"


@contextmanager
def opened(
    browser: Browser, url: str, width: int = 1280, answers: list[Response] | None = None
) -> Iterator[Page]:
    """A page, loaded; the requests and messages it made are checked, and `answers` collected."""
    context = browser.new_context(viewport={"width": width, "height": 900}, reduced_motion="reduce")
    page = context.new_page()
    trouble: list[str] = []
    home = re.match(r"http://[^/]+/", url)
    assert home
    page.on(
        "request",
        lambda request: (
            None
            if request.url.startswith((home[0], "data:"))
            else trouble.append(f"foreign request: {request.url}")
        ),
    )
    page.on("console", lambda m: trouble.append(m.text) if m.type == "error" else None)
    page.on("pageerror", lambda error: trouble.append(str(error)))
    if answers is not None:
        page.on("response", lambda answer: answers.append(answer))
    page.goto(url, wait_until="load")
    try:
        yield page
        assert not trouble
    finally:
        context.close()


PACKED: dict[str, int] = {}  # what pages share is packed once


def packed(answer: Response) -> int:
    """The bytes that come over the line where a server packs them."""
    if answer.url not in PACKED:
        PACKED[answer.url] = len(gzip.compress(answer.body()))
    return PACKED[answer.url]


def settle(page: Page) -> None:
    """The theme lets keys reach what scrolls a moment after it has got its size."""
    page.wait_for_function(
        "[...document.querySelectorAll('pre, .pst-scrollable-table-container')].every("
        "part => part.scrollWidth <= part.clientWidth || part.tabIndex === 0)"
    )


def violations(
    page: Page, parts: tuple[str, ...] = ("html",), contrast: bool = True
) -> list[tuple[str, list[str]]]:
    """What axe-core finds wrong with these parts of the page, as they are shown now."""
    rules = {"color-contrast": {"enabled": contrast}}  # three quarters of the time
    options = {"preload": False, "resultTypes": ["violations"], "rules": rules}
    context = {"include": [[part] for part in parts]}
    found = page.evaluate("args => axe.run(...args)", [context, options])["violations"]
    return [(rule["id"], [node["html"][:200] for node in rule["nodes"]]) for rule in found]


@pytest.mark.parametrize("path", PAGES, ids=lambda path: Path(path).stem)
def test_a_page_is_light_accessible_and_keeps_to_itself(
    browser: Browser, site: str, path: str
) -> None:
    answers: list[Response] = []
    number = PAGES.index(path)  # all share their style and their frame
    with opened(browser, f"{site}/{path}", answers=answers) as page:
        weight = sum(map(packed, answers)) / 1000
        assert len(answers) <= HEAVIEST["requests"], [answer.url for answer in answers]
        assert weight <= HEAVIEST["kB"]
        assert page.locator("meta[name=viewport]").count() == 1
        assert len(page.locator("meta[name=description]").get_attribute("content") or "") > 20
        assert page.locator("img:not([width])").count() == 0
        icons = "all => all.map(i => getComputedStyle(i).maskImage)"
        assert "none" not in page.eval_on_selector_all(".fa-solid, .fas, .fab", icons)
        if number % 2 == 0:
            page.evaluate(AXE)
            assert not violations(page, contrast=number % 8 == 0)
        for width in (NARROW, PHONE):
            page.set_viewport_size({"width": width, "height": 900})
            overflow = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
            assert overflow <= 0, f"the page is {overflow} px wider than {width} px"
        scales = page.eval_on_selector_all(
            ".cell_output img:visible", "all => all.map(i => i.clientWidth / i.naturalWidth)"
        )
        assert not [scale for scale in scales if scale < LEGIBLE], "make figures 5 inches wide"
        if number % 8 == 0:
            settle(page)
            page.emulate_media(color_scheme="dark")
            expect(page.locator("html")).to_have_attribute("data-theme", "dark")
            assert not violations(page)


@pytest.mark.parametrize("path", [CHAPTER, "book/index.html"])
def test_pages_are_accessible_on_a_phone_in_the_light_and_on_a_desk_in_the_dark(
    browser: Browser, site: str, path: str
) -> None:
    for width, scheme in ((PHONE, "light"), (1280, "dark")):
        with opened(browser, f"{site}/{path}", width) as page:
            page.emulate_media(color_scheme=scheme)
            expect(page.locator("html")).to_have_attribute("data-theme", scheme)
            page.evaluate(AXE)
            assert not violations(page)


def test_colours_need_no_script(browser: Browser, site: str) -> None:
    ground = "getComputedStyle(document.body).backgroundColor"
    for scheme in ("light", "dark"):
        seen = set()
        for script in (True, False):
            context = browser.new_context(color_scheme=scheme, java_script_enabled=script)
            page = context.new_page()
            page.goto(f"{site}/{CHAPTER}")
            seen.add(page.evaluate(ground))
            context.close()
        assert seen == {"rgb(255, 255, 255)" if scheme == "light" else "rgb(18, 18, 18)"}


def test_the_readers_colours_are_there_before_any_script_file(browser: Browser, site: str) -> None:
    context = browser.new_context(color_scheme="light")
    page = context.new_page()
    page.add_init_script("localStorage.setItem('mode', 'dark')")
    page.route("**/site.js*", lambda route: route.abort())
    page.goto(f"{site}/{CHAPTER}")
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    context.close()


def test_the_text_is_few_tabs_away_and_the_first_one_leads_there(
    browser: Browser, site: str
) -> None:
    with opened(browser, f"{site}/{CHAPTER}") as page:
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.getAttribute('href')") == "#main-content"
        reached = "!!document.activeElement.closest('article')"
        for _ in range(TABS_BEFORE_TEXT):
            page.keyboard.press("Tab")
            if page.evaluate(reached):
                break
        assert page.evaluate(reached)


def test_the_zip_of_the_site_works_from_a_folder(browser: Browser, tmp_path: Path) -> None:
    with zipfile.ZipFile(keep.write_zip(tmp_path / "site.zip")) as archive:
        archive.extractall(tmp_path)
    (front,) = tmp_path.glob("*/index.html")
    page = browser.new_page()
    foreign: list[str] = []
    page.on(
        "request", lambda r: None if r.url.startswith(("file:", "data:")) else foreign.append(r.url)
    )
    page.goto(front.as_uri())
    page.wait_for_url("**/book/index.html")  # the front door leads there
    page.get_by_role("link", name="Start with question 1").click()
    page.wait_for_url("**/01-shrink-the-problem.html")
    page.keyboard.press("Control+K")
    page.locator("#pst-search-dialog input").fill("bernouli")
    page.locator("#pst-search-dialog .search-found a").first.click()
    expect(page.locator("article h1")).to_contain_text("bernoulli")
    assert not foreign
    page.close()


def test_a_phones_menu_opens_at_this_chapter(browser: Browser, site: str) -> None:
    with opened(browser, f"{site}/{CHAPTER}", PHONE) as page:
        page.locator(".primary-toggle").click()
        expect(page.locator(".bd-docs-nav .current.active")).to_be_in_viewport()


def test_code_can_be_copied_on_a_touch_screen(browser: Browser, site: str) -> None:
    context = browser.new_context(
        viewport={"width": PHONE, "height": 844}, has_touch=True, is_mobile=True
    )
    page = context.new_page()
    page.goto(f"{site}/{CHAPTER}")
    expect(page.locator("button.copybtn").first).to_have_css("opacity", "1")
    context.close()


def test_paper_has_whole_lines_and_the_answers(browser: Browser, site: str) -> None:
    with opened(browser, f"{site}/{CHAPTER}") as page:
        page.emulate_media(media="print")
        expect(page.locator("article pre").first).to_have_css("white-space", "pre-wrap")
        expect(page.get_by_text(quiz.load(NAME)[0].options[0].why).first).to_be_visible()


def test_a_wide_formula_is_in_reach_of_the_keyboard_on_a_turned_phone(
    browser: Browser, site: str
) -> None:
    with opened(browser, f"{site}/book/beyond.html") as page:
        formula = page.locator("div.math").first
        expect(formula).not_to_have_attribute("tabindex", "0")
        page.set_viewport_size({"width": NARROW, "height": 844})
        expect(formula).to_have_attribute("tabindex", "0")
        start = "formula => formula.querySelector('math').getBoundingClientRect().x"
        assert formula.evaluate(start) >= 0
        page.set_viewport_size({"width": 1280, "height": 844})
        expect(formula).not_to_have_attribute("tabindex", "0")


def test_the_front_door_leads_to_the_first_page(browser: Browser, site: str) -> None:
    page = browser.new_page()
    page.goto(f"{site}/", wait_until="commit")
    page.wait_for_url("**/book/index.html")
    expect(page.locator("article h1")).to_contain_text("Language Models in 39 Questions")
    page.close()


def test_the_front_door_is_a_whole_page(browser: Browser, site: str) -> None:
    page = browser.new_page()
    source = page.request.get(f"{site}/").text()
    page.set_content(re.sub('<meta http-equiv="refresh"[^>]*>', "", source))  # to look around
    expect(page).to_have_title("Language Models in 39 Questions")
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page.get_by_role("link")).to_have_attribute("href", "book/index.html")
    icon = page.locator("link[rel=icon]").get_attribute("href")
    assert page.request.get(f"{site}/{icon}").ok
    page.close()


def test_formulas_are_drawn_without_a_script_and_keep_their_tex(
    browser: Browser, site: str
) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{site}/{CHAPTER}")
    fraction = page.locator("div.math mfrac").first
    top, bottom = (fraction.locator("> *").nth(n).bounding_box() for n in (0, 1))
    assert top
    assert bottom
    assert top["y"] < bottom["y"]
    tex = page.locator("div.math annotation").first.text_content()
    assert tex
    assert r"\frac" in tex
    context.close()


def test_launch_buttons_open_this_very_notebook(browser: Browser, site: str) -> None:
    repository = chapters.repository().removeprefix("https://github.com/")
    with opened(browser, f"{site}/{CHAPTER}") as page:
        colab = page.get_by_role("link", name="Colab", include_hidden=True)
        binder = page.get_by_role("link", name="Binder", include_hidden=True)
        if not repository:
            assert (colab.count(), binder.count()) == (0, 0)
            return
        assert colab.get_attribute("href") == (
            f"https://colab.research.google.com/github/{repository}/blob/notebooks/"
            "book/33-dropout-scaling.ipynb"
        )
        assert binder.get_attribute("href") == (
            f"https://mybinder.org/v2/gh/{repository}/notebooks"
            "?urlpath=lab/tree/book/33-dropout-scaling.ipynb"
        )


def test_the_downloaded_notebook_is_the_plain_one(browser: Browser, site: str) -> None:
    with opened(browser, f"{site}/{CHAPTER}") as page:
        link = page.locator("a[href$='.ipynb'][href*='_sources']").first
        response = page.request.get(f"{site}/book/{link.get_attribute('href')}")
        assert response.ok
        assert "{quiz}" not in response.text()
        assert "pip install" in response.text()


def found(page: Page, query: str) -> list[str]:
    """The pages that the search's dialog shows for a query, best first."""
    page.locator("#pst-search-dialog input").fill(query)
    expect(page.locator("#pst-search-dialog .search-status")).to_contain_text("page")
    links = page.locator("#pst-search-dialog .search-found a")
    return links.evaluate_all("all => all.map(a => a.href.split('/').pop().split('#')[0])")


@pytest.mark.parametrize("kind", ["served", "file"])
def test_search_as_you_type_finds_what_a_reader_means(
    browser: Browser, site: str, kind: str
) -> None:
    page = browser.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{site if kind == 'served' else needs.SITE.as_uri()}/{CHAPTER}")
    assert not any("search-index" in url for url in asked)
    page.keyboard.press("Control+k")
    assert found(page, "LSTM")[0] == "24-two-states.html"
    assert found(page, "dropout")[0] == "32-dropout.html"
    assert "07-hidden-state.html" in found(page, "hidden state")[:2]
    assert "23-vanishing-gradients.html" in found(page, "gradeint")
    assert found(page, "bernoulli")[0] == "35-bernoulli.html"
    excerpt = page.locator("#pst-search-dialog .search-found p").first
    expect(excerpt.locator("mark").first).to_be_visible()
    page.keyboard.press("Enter")
    page.wait_for_url("**/35-bernoulli.html*")
    page.close()


def test_the_search_page_takes_a_query(browser: Browser, site: str) -> None:
    with opened(browser, f"{site}/search.html?q=bernoulli") as page:
        expect(page.locator("article .search-found a").first).to_contain_text("bernoulli")
        page.evaluate(AXE)
        assert not violations(page)


def test_the_glossary_leads_to_chapters_and_the_bibliography_to_papers(
    browser: Browser, site: str
) -> None:
    with opened(browser, f"{site}/book/glossary.html") as page:
        entries = page.locator("dl.glossary > dd")
        assert entries.count() == entries.filter(has=page.locator("a", has_not_text="¶")).count()
        page.goto(f"{site}/book/bibliography.html")
        papers = page.locator(".citation")
        linked = papers.filter(has=page.locator("a[href^=https]"))
        assert papers.count() == linked.count() > 30


def test_each_page_can_be_cited_and_its_mistakes_reported(browser: Browser, site: str) -> None:
    repository = chapters.repository()
    with opened(browser, f"{site}/{CHAPTER}") as page:
        footer = page.locator(".bd-footer-content")
        report = footer.get_by_role("link", name="Report a mistake")
        if repository:
            start = f"{repository}/issues/new?title=Mistake%20in%3A%2033"
            assert (report.get_attribute("href") or "").startswith(start)
        else:
            expect(report).to_have_count(0)
        assert page.request.get(f"{site}/404.html").ok
        assert page.request.get(f"{site}/robots.txt").ok
        footer.get_by_role("link", name="Cite this").click()
        expect(page.locator("#how-to-cite")).to_be_in_viewport()
