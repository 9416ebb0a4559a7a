"""A chapter's notebook in JupyterLab: its cells run, figures show, and the quiz can be answered."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests import needs

pytestmark = [pytest.mark.needs("browser"), pytest.mark.needs("site")]

NOTEBOOK = needs.BUILD / "notebooks" / "book" / "33-dropout-scaling.ipynb"
TABLE = """
from lmlib import Dropout
from lmlib.checks.dropout import check
check(Dropout)
"""
QUIET = ["--no-browser", "--allow-root", "--ServerApp.token=", "--LabApp.news_url=None"]
QUIET += ["--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate", "--port=0"]


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """JupyterLab on loopback, in a folder that holds the chapter with one more cell."""
    folder = tmp_path_factory.mktemp("lab")
    notebook = json.loads(NOTEBOOK.read_text(encoding="utf-8"))
    extra = {"cell_type": "code", "id": "table", "metadata": {}, "source": TABLE}
    notebook["cells"].append({**extra, "outputs": [], "execution_count": None})
    (folder / "chapter.ipynb").write_text(json.dumps(notebook))
    own = folder / ".own"
    kinds = {f"JUPYTER_{kind}_DIR": str(own) for kind in ("CONFIG", "DATA", "RUNTIME")}
    settings = own / "lab" / "user-settings" / "@jupyterlab" / "notebook-extension"
    settings.mkdir(parents=True)
    # Every cell is in the page, also those out of sight.
    (settings / "tracker.jupyterlab-settings").write_text('{"windowingMode": "none"}')
    server = subprocess.Popen(
        [sys.executable, "-m", "jupyterlab", f"--ServerApp.root_dir={folder}", *QUIET],
        env={**os.environ, **kinds, "OMP_NUM_THREADS": "1"},
        stderr=subprocess.DEVNULL,
    )
    while not (running := list(own.glob("jpserver-*.json"))):
        assert server.poll() is None, "JupyterLab does not start"
        time.sleep(0.1)
    yield f"http://127.0.0.1:{json.loads(running[0].read_text())['port']}"
    server.terminate()
    server.wait()


@pytest.fixture
def chapter(browser: Browser, lab: str) -> Iterator[Page]:
    page = browser.new_page(viewport={"width": 1200, "height": 900})
    page.goto(f"{lab}/lab/tree/chapter.ipynb?reset")
    expect(page.locator(".jp-Notebook h1")).to_contain_text("33.", timeout=60_000)
    yield page
    page.close()


def test_all_cells_run_and_show_what_they_should(chapter: Page) -> None:
    chapter.get_by_role("menuitem", name="Run", exact=True).click()
    chapter.get_by_text("Run All Cells", exact=True).click()
    table = chapter.locator(".jp-OutputArea table")
    expect(table.get_by_text("properties hold")).to_be_visible(timeout=120_000)
    assert table.locator("tbody tr").count() > 5
    expect(chapter.locator(".jp-OutputArea img")).to_have_count(1)
    expect(chapter.locator("[data-mime-type='application/vnd.jupyter.stderr']")).to_have_count(0)


def test_the_quiz_is_answered_by_mouse_and_by_keyboard(chapter: Page) -> None:
    options = chapter.locator(".jp-Notebook details")
    options.nth(0).locator("summary").click()
    expect(options.nth(0).get_by_text("Right.")).to_be_visible()
    options.nth(1).locator("summary").focus()
    chapter.keyboard.press("Space")
    expect(options.nth(1).get_by_text("Not this one.")).to_be_visible()
    chapter.keyboard.press("Enter")
    expect(options.nth(1).get_by_text("Not this one.")).to_be_hidden()
