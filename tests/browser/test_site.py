"""The built site in a real browser: no foreign request, no console error, accessible, usable."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import axe_playwright_python
import pytest
from playwright.sync_api import Browser, Page, expect

from book._ext import quiz
from book._tools import chapters

pytestmark = [pytest.mark.needs("browser"), pytest.mark.needs("site")]

AXE = Path(axe_playwright_python.__file__).with_name("axe.min.js").read_text()
PAGES = [f"book/{path.stem}.html" for path in chapters.pages()]
SCREENS = {"desktop": 1280, "phone": 390}
# Type of 10 points, at 110 dots an inch, has 9 pixels when a figure is shown at this scale.
LEGIBLE = 0.59
NAME = "33-dropout-scaling"
CHAPTER = f"book/{NAME}.html"


@contextmanager
def opened(browser: Browser, url: str, width: int = 1280) -> Iterator[Page]:
    """A page that has drawn its formulas; the requests and messages it made are checked."""
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
    page.goto(url, wait_until="load")
    page.evaluate("() => window.MathJax?.startup?.promise")
    try:
        yield page
        assert not trouble
    finally:
        context.close()


def violations(page: Page, *rules: str) -> list[tuple[str, list[str]]]:
    """What axe-core finds wrong with the page as it is shown now; by default, by all its rules."""
    options = {"preload": False, **({"runOnly": list(rules)} if rules else {})}
    found = page.evaluate("options => axe.run(options)", options)["violations"]
    return [(rule["id"], [node["html"][:200] for node in rule["nodes"]]) for rule in found]


@pytest.mark.parametrize("screen", SCREENS)
@pytest.mark.parametrize("path", PAGES, ids=lambda path: Path(path).stem)
def test_a_page_is_accessible_and_keeps_to_itself(
    browser: Browser, site: str, path: str, screen: str
) -> None:
    with opened(browser, f"{site}/{path}", SCREENS[screen]) as page:
        overflow = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        assert overflow <= 0, f"the page is {overflow} px wider than the screen"
        scales = page.eval_on_selector_all(
            ".cell_output img", "all => all.map(i => i.clientWidth / i.naturalWidth)"
        )
        assert not [scale for scale in scales if scale < LEGIBLE], "make figures 5 inches wide"
        page.eval_on_selector_all(
            ".quiz-option", "all => all.forEach(o => { o.removeAttribute('name'); o.open = true })"
        )
        page.evaluate(AXE)
        assert not violations(page)
        page.emulate_media(color_scheme="dark")
        expect(page.locator("html")).to_have_attribute("data-theme", "dark")
        assert not violations(page, "color-contrast", "link-in-text-block")


def test_a_wide_formula_is_in_reach_of_the_keyboard_on_a_turned_phone(
    browser: Browser, site: str
) -> None:
    with opened(browser, f"{site}/{CHAPTER}") as page:
        formula = page.locator("#why-it-is-so mjx-container[display=true]").first
        expect(formula).not_to_have_attribute("tabindex", "0")
        page.set_viewport_size({"width": 390, "height": 844})
        expect(formula).to_have_attribute("tabindex", "0")
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


def test_formulas_are_drawn_by_the_sites_own_mathjax(browser: Browser, site: str) -> None:
    with opened(browser, f"{site}/{CHAPTER}") as page:
        assert page.locator("mjx-container").count() > 5
        font = "document.fonts.check('16px MJXTEX')"
        page.wait_for_function(font)


def test_a_quiz_is_answered_by_keyboard(browser: Browser, site: str) -> None:
    with opened(browser, f"{site}/{CHAPTER}") as page:
        options = page.locator(".quiz-question").first.locator("details")
        verdicts = [option.verdict for option in quiz.load(NAME)[0].options]
        options.nth(1).locator("summary").focus()
        page.keyboard.press("Enter")
        expect(options.nth(1)).to_have_attribute("open", "")
        expect(options.nth(1)).to_contain_text(verdicts[1])
        page.keyboard.press("Shift+Tab")
        page.keyboard.press("Space")
        expect(options.nth(0).get_by_text(verdicts[0])).to_be_visible()
        # One opinion at a time: the first answer has closed.
        expect(options.nth(1).get_by_text(verdicts[1])).to_be_hidden()


def test_a_quiz_works_without_javascript(browser: Browser, site: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{site}/{CHAPTER}")
    right = page.locator(".quiz-question").first.locator(".quiz-right")
    expect(right.get_by_text("Right.")).to_be_hidden()
    right.locator("summary").click()
    expect(right.get_by_text("Right.")).to_be_visible()
    context.close()


def test_launch_buttons_open_this_very_notebook(browser: Browser, site: str) -> None:
    repository = chapters.config()["repository"]["url"].removeprefix("https://github.com/")
    with opened(browser, f"{site}/{CHAPTER}") as page:
        colab = page.get_by_role("link", name="Colab", include_hidden=True)
        binder = page.get_by_role("link", name="Binder", include_hidden=True)
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


def test_search_finds_a_chapter(browser: Browser, site: str) -> None:
    with opened(browser, f"{site}/search.html?q=bernoulli") as page:
        expect(page.locator("#search-results li").first).to_be_visible(timeout=15_000)
        links = page.locator("#search-results a").evaluate_all("all => all.map(a => a.href)")
        assert any("/book/35-bernoulli.html" in link for link in links)
