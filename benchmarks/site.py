"""How heavy pages are, and how fast on a slow line: two built sites, page by page, in turns.

    python -m benchmarks.site OLD_HTML _build/html     # writes results/site.json

Chromium loads each page from a server on loopback that compresses as usual hosts do, with an empty
cache, on a screen 390 px wide, over an emulated line of 1.6 Mbit/s with a latency of 150 ms.
"""

import argparse
import gzip
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, ViewportSize, sync_playwright

from benchmarks.common import RESULTS, machine, summary, write_results
from book._tools.browser import as_root, chromium

PAGES = [
    "index",
    "07-hidden-state",
    "24-two-states",
    "33-dropout-scaling",
    "39-weight-tying",
    "api",
]
LINE = {"latency": 150, "downloadThroughput": 1.6e6 / 8, "uploadThroughput": 0.75e6 / 8}
SCREEN: ViewportSize = {"width": 390, "height": 844}
COMPRESSED = {".html", ".css", ".js", ".svg", ".json", ".txt", ".xml"}
NOTE_SHIFTS = """
window.shifts = 0;
new PerformanceObserver(list => {
  for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.shifts += entry.value;
}).observe({type: "layout-shift", buffered: true});
"""
TIMES = """() => ({
  first_paint_s: performance.getEntriesByName("first-contentful-paint")[0].startTime / 1000,
  load_s: performance.getEntriesByType("navigation")[0].loadEventEnd / 1000,
  layout_shift: window.shifts,
})"""


@cache
def content(path: Path) -> tuple[bytes, bool]:
    body = path.read_bytes()
    return (gzip.compress(body), True) if path.suffix in COMPRESSED else (body, False)


@contextmanager
def served(folder: Path) -> Iterator[str]:
    class Handler(SimpleHTTPRequestHandler):
        def do_GET(self) -> None:
            path = folder / urlsplit(self.path).path.lstrip("/")
            if not path.is_file():
                return self.send_error(404)
            body, compressed = content(path)
            self.send_response(200)
            self.send_header("Content-Type", self.guess_type(path))
            if compressed:
                self.send_header("Content-Encoding", "gzip")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def visit(browser: Browser, url: str) -> dict[str, float]:
    """Load one page as a first visitor; return its weight, requests, times and layout shift."""
    context = browser.new_context(viewport=SCREEN, device_scale_factor=3, is_mobile=True)
    page = context.new_page()
    page.add_init_script(NOTE_SHIFTS)
    devtools = context.new_cdp_session(page)
    devtools.send("Network.enable")
    devtools.send("Network.emulateNetworkConditions", {"offline": False, **LINE})
    asked: list[str] = []
    received: list[float] = []
    devtools.on("Network.requestWillBeSent", lambda e: asked.append(e["request"]["url"]))
    devtools.on("Network.loadingFinished", lambda e: received.append(e["encodedDataLength"]))
    page.goto(url, wait_until="load", timeout=120_000)
    page.wait_for_load_state("networkidle", timeout=120_000)
    page.wait_for_timeout(500)  # what moves late
    seen = page.evaluate(TIMES)
    context.close()
    requests = sum(not address.startswith("data:") for address in asked)
    return {"weight_kB": sum(received) / 1000, "requests": requests, **seen}


def measure(folders: dict[str, Path], pages: list[str], rounds: int) -> dict[str, Any]:
    runs: dict[str, dict[str, list[dict[str, float]]]] = {
        page: {name: [] for name in folders} for page in pages
    }
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=as_root())
        with served(folders["before"]) as before, served(folders["after"]) as after:
            for number in range(rounds):
                print(f"round {number + 1} of {rounds}", flush=True)
                for page in pages:
                    turns = [("before", before), ("after", after)]
                    for name, root in turns if number % 2 else turns[::-1]:
                        runs[page][name].append(visit(browser, f"{root}/book/{page}.html"))
        browser.close()
    return {
        page: {
            name: {key: summary([round(v[key], 3) for v in visits]) for key in visits[0]}
            for name, visits in both.items()
        }
        for page, both in runs.items()
    }


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.site", description=__doc__)
    parser.add_argument("before", type=Path)
    parser.add_argument("after", type=Path)
    parser.add_argument("--pages", nargs="+", default=PAGES)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    folders = {"before": options.before, "after": options.after}
    pages = measure(folders, options.pages, options.rounds)
    result = {
        "command": "python -m benchmarks.site OLD_HTML _build/html",
        "machine": machine(),
        "line": LINE,
        "screen": SCREEN,
        "rounds": options.rounds,
        "pages": pages,
    }
    write_results(RESULTS / "site.json", result)
    for page, both in pages.items():
        for key in both["before"]:
            print(page, key, both["before"][key]["median"], "→", both["after"][key]["median"])


if __name__ == "__main__":
    main()
