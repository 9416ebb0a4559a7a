"""The browser that prints the book and that tests look through."""

import os
import shutil

# The shell starts and draws faster: it has no window to care for.
KNOWN = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")


def chromium() -> str | None:
    """Path of the browser to drive: ``LM39_CHROMIUM``, else the first known one on ``PATH``."""
    names = (os.environ["LM39_CHROMIUM"],) if os.environ.get("LM39_CHROMIUM") else KNOWN
    return next(filter(None, map(shutil.which, names)), None)


def as_root() -> list[str]:
    """What Chromium must be told before it runs for root."""
    return ["--no-sandbox"] if os.geteuid() == 0 else []
