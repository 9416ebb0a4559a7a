"""The browser that prints the book and that tests look through."""

import os
import shutil


def chromium() -> str | None:
    """Path of the browser to drive: ``LM39_CHROMIUM``, else the first Chromium on ``PATH``."""
    named = os.environ.get("LM39_CHROMIUM")
    candidates = (
        [named]
        if named
        else [
            "chromium-headless-shell",  # starts and draws faster: it has no window to care for
            "chromium",
            "chromium-browser",
            "google-chrome",
        ]
    )
    return next((path for name in candidates if (path := shutil.which(name))), None)


def as_root() -> list[str]:
    """What Chromium must be told before it runs for root."""
    return ["--no-sandbox"] if os.geteuid() == 0 else []
