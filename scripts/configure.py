"""Name the repository that publishes the course: `make configure REPO=owner/name`.

`_config.yml` holds its address, from which buttons, links and install cells are made. What is
committed is made here: the README's badges, and the assignments with their install cells. A second
run changes nothing.
"""

import re
import sys
from pathlib import Path

from lmgrade.notebook import release

ROOT = Path(__file__).parents[1]
NAME = re.compile(r"[A-Za-z\d](?:[A-Za-z\d]|-(?=[A-Za-z\d])){0,38}/(?!\.{1,2}$)[\w.-]{1,100}", re.A)
ADDRESS = re.compile(r"(?<=\nrepository:\n  url: ).*")
BADGES = re.compile(r"(?<=<!-- badges -->\n).*?(?=<!-- end of badges -->)", re.DOTALL)
BADGE = """\
[![Tests](https://github.com/{repo}/actions/workflows/ci.yml/badge.svg)](https://github.com/{repo}/actions/workflows/ci.yml)
[![Open in Colab](https://colab.research.google.com/assets/colab-badge.svg)](https://colab.research.google.com/github/{repo}/tree/notebooks/book)
[![Open on Binder](https://mybinder.org/badge_logo.svg)](https://mybinder.org/v2/gh/{repo}/notebooks?urlpath=lab/tree/book)

**[Read the book](https://{owner}.github.io/{name}/)**
"""
NEXT = """\
The course belongs to https://github.com/{repo} now. What is left to do:
  1. there, under Settings: Pages, choose the source "GitHub Actions"; General, tick Issues (a
     fork has none at first, and every page has a link to report mistakes)
  2. git commit --all --message "Publish at {repo}" && git push
Once the tests have passed, the book is at https://{owner}.github.io/{name}/"""


def write(path: Path, pattern: re.Pattern[str], text: str) -> None:
    """Put `text` where the pattern matches."""
    before = path.read_text(encoding="utf-8")
    after, found = pattern.subn(lambda _: text, before)
    if found != 1:
        sys.exit(f"{path.name} has no place for the repository's name: restore it from git.")
    path.write_text(after, encoding="utf-8")


def main(repo: str, root: Path = ROOT) -> None:
    repo = repo.removeprefix("https://github.com/").removesuffix("/").removesuffix(".git")
    if not NAME.fullmatch(repo):
        sys.exit(f"{repo!r} is no repository on GitHub. Say: make configure REPO=owner/name")
    owner, name = repo.split("/")
    write(root / "_config.yml", ADDRESS, f"https://github.com/{repo}")
    write(root / "README.md", BADGES, BADGE.format(repo=repo, owner=owner, name=name))
    release.main(root=root)
    print(NEXT.format(repo=repo, owner=owner, name=name))


if __name__ == "__main__":
    main(" ".join(sys.argv[1:]))
