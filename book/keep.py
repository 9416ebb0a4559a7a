"""The built site in forms to keep: `python -m book.keep pdf`, `epub` or `zip`.

They are `_build/book.pdf`, `_build/book.epub` and `_build/site.zip`. Build the site first.
"""

from __future__ import annotations

import argparse
import sys
import zipfile
from pathlib import Path

from book._tools import epub, joined, pdf
from book._tools.chapters import BUILD, BuildError


def write_zip(path: Path) -> Path:
    """The site in one folder, which a browser opens without a server."""
    folder = joined.title().lower().replace(" ", "-")
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in sorted(joined.SITE.rglob("*")):
            archive.write(file, Path(folder, file.relative_to(joined.SITE)))
    return path


FORMS = {
    "pdf": (pdf.write, BUILD / "book.pdf"),
    "epub": (epub.write, BUILD / "book.epub"),
    "zip": (write_zip, BUILD / "site.zip"),
}


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m book.keep", description=__doc__.split("\n")[0])
    parser.add_argument("form", choices=FORMS)
    write, path = FORMS[parser.parse_args(argv).form]
    try:
        write(path)
    except BuildError as error:
        print(f"book.keep: {error}", file=sys.stderr)
        return 1
    print(f"{path} has {path.stat().st_size / 1e6:.1f} MB.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
