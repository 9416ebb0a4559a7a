"""Build the book: `python -m book.build` for all of it, `python -m book.build 05` for a draft.

The whole build runs every chapter whose code or library changed, builds the site with warnings as
errors to `_build/html`, and writes the chapters as plain notebooks to `_build/notebooks`. A draft
runs the named chapters only and builds them to `_build/draft`; links to other chapters stay open.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from pathlib import Path

import yaml

from book._tools import notebooks, weights
from book._tools.chapters import BUILD, ROOT, BuildError, Chapter, chapters, find, toc
from book._tools.execute import execute, executed
from book._tools.progress import SignOfLife

DRAFT = BUILD / "draft"
# Pages that every draft has, so that glossary terms and citations resolve.
DRAFT_PAGES = ["book/glossary", "book/bibliography"]


def jupyter_book(*arguments: str, outside: str = "") -> None:
    """Run Jupyter Book; show warnings only, without those that contain the text `outside`."""
    program = str(Path(sys.executable).with_name("jupyter-book"))
    command = [program, "build", ".", "-W", "-n", "--keep-going", "--quiet", *arguments]
    process = subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    )
    assert process.stderr is not None  # a pipe, as asked for above
    shown = hidden = 0
    with SignOfLife("building the pages"):
        for line in process.stderr:
            if outside and outside in line:
                hidden += 1
            else:
                shown += bool(line.strip())
                print(line, end="", file=sys.stderr)
    if hidden:
        print(f"{hidden} links leave this draft; the whole build checks them.")
    if process.wait() and (shown or not hidden):
        raise BuildError("the site was not built without warnings; they are listed above.")


def build_book() -> Path:
    trained = weights.export()
    print(
        f"{trained} models to play with were trained, the others came from the cache.", flush=True
    )
    ran = execute(chapters())
    print(f"{ran} chapters were run, {len(chapters()) - ran} came from the cache.", flush=True)
    jupyter_book()
    written = notebooks.write([(chapter, executed(chapter)) for chapter in chapters()])
    print(f"{len(written)} notebooks are in {written[0].parent}.")
    return BUILD / "html" / "index.html"


def build_draft(selected: list[Chapter]) -> Path:
    if any("{play}" in chapter.text() for chapter in selected):
        weights.export()
    execute(selected)
    DRAFT.mkdir(parents=True, exist_ok=True)
    names = [c.path.relative_to(ROOT).with_suffix("").as_posix() for c in selected]
    root = toc()["root"]  # is there anyway, and may be named only once
    pages = [{"file": name} for name in dict.fromkeys([*names, *DRAFT_PAGES]) if name != root]
    table = DRAFT / "_toc.yml"
    table.write_text(yaml.safe_dump({"format": "jb-book", "root": root, "chapters": pages}))
    jupyter_book("--toc", str(table), "--path-output", str(DRAFT), outside="myst.xref_missing")
    return DRAFT / "_build" / "html" / f"{names[0]}.html"


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m book.build", description=__doc__.split("\n")[0]
    )
    parser.add_argument("chapter", nargs="*", help="a chapter's number or name, for a draft")
    options = parser.parse_args(argv)
    try:
        page = build_draft(find(options.chapter)) if options.chapter else build_book()
    except BuildError as error:
        print(f"book.build: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("book.build: stopped. What had run is kept; start again to go on.", file=sys.stderr)
        return 130
    print(f"Open {page}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
