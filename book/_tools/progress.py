"""A sign of life from what works in silence. It needs nothing but Python: `make` starts with it."""

from __future__ import annotations

import threading
import time


class SignOfLife:
    """While its block runs, prints a line such as "  still building the pages (30 s)" now and then.

    Args:
        what: what is being done; may be changed while it is
        every: seconds between two lines
    """

    def __init__(self, what: str, every: float = 15) -> None:
        self.what, self._every = what, every
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._speak, daemon=True)

    def __enter__(self) -> SignOfLife:
        self._start = time.monotonic()
        self._thread.start()
        return self

    def __exit__(self, *exc: object) -> None:
        self._over.set()
        self._thread.join()

    def _speak(self) -> None:
        while not self._over.wait(self._every):
            print(f"  still {self.what} ({time.monotonic() - self._start:.0f} s)", flush=True)
