"""Draw the README's picture from the built site: a chapter on a desktop and, in dark, on a phone.

Run it after `make book`: `.venv/bin/python -m scripts.readme_picture`.
"""

import io
from pathlib import Path

from PIL import Image, ImageDraw
from playwright.sync_api import Browser, sync_playwright

from book._tools.browser import as_root, chromium

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "_build" / "html" / "book" / "33-dropout-scaling.html"
TARGET = ROOT / "book" / "_static" / "readme.png"


def shot(browser: Browser, url: str, size: tuple[int, int], scheme: str, at: str) -> Image.Image:
    """The page at ``url`` in a window of ``size``, scrolled to the element ``at``."""
    page = browser.new_page(
        viewport={"width": size[0], "height": size[1]}, color_scheme=scheme, device_scale_factor=1
    )
    page.goto(url, wait_until="load")
    page.locator(at).first.evaluate("element => element.scrollIntoView({block: 'center'})")
    page.wait_for_timeout(500)
    picture = Image.open(io.BytesIO(page.screenshot()))
    page.close()
    return picture


def framed(picture: Image.Image, radius: int = 18) -> Image.Image:
    """The picture with round corners and a thin grey frame, so that it stands on any ground."""
    box = (0, 0, picture.width - 1, picture.height - 1)
    ImageDraw.Draw(picture).rounded_rectangle(box, radius, outline="#888888", width=2)
    mask = Image.new("L", picture.size)
    ImageDraw.Draw(mask).rounded_rectangle(box, radius, fill=255)
    picture.putalpha(mask)
    return picture


def main() -> None:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=as_root())
        url = PAGE.as_uri()
        desktop = framed(shot(browser, url, (1200, 760), "light", "#see-it img"))
        phone = framed(shot(browser, url, (390, 700), "dark", ".quiz"))
        browser.close()
    picture = Image.new("RGBA", (1640, 800), (0, 0, 0, 0))
    picture.paste(desktop, (20, 20), desktop)
    picture.paste(phone, (1230, 70), phone)
    picture.quantize(128).save(TARGET, optimize=True)
    print(f"{TARGET.relative_to(ROOT)}: {TARGET.stat().st_size // 1000} kB")


if __name__ == "__main__":
    main()
