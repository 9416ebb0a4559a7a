"""Files that others read while they are written."""

import os
from pathlib import Path


def write_whole(path: Path, text: str) -> None:
    """Write all of a file; where that fails, as on a full disk, what was there before stays."""
    unfinished = path.with_name(f"{path.name}.part")
    try:
        unfinished.write_text(text, encoding="utf-8")
        os.replace(unfinished, path)
    except OSError:
        unfinished.unlink(missing_ok=True)
        raise
