"""The `{assignments}` directive: a row for each notebook in `exercises/`, by its first cell."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import NamedTuple

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from book._tools.chapters import repository

EXERCISES = Path(__file__).resolve().parents[2] / "exercises"
HEAD = re.compile(
    r"^# (?P<title>.+?)\n.*?\*\*About (?P<minutes>\d+) minutes · (?P<points>\d+) points\*\*"
    r".*?goes with chapters? (?P<chapters>[^.]+)\.",
    re.DOTALL | re.MULTILINE,
)


class Assignment(NamedTuple):
    """What the first cell of an assignment says about it."""

    name: str
    title: str
    minutes: int
    points: int
    chapters: str


def load(path: Path) -> Assignment:
    """Read title, minutes, points and chapters; raise ValueError if the head lacks one."""
    match = HEAD.search("".join(json.loads(path.read_text(encoding="utf-8"))["cells"][0]["source"]))
    if match is None:
        raise ValueError(
            f"{path.name}: the first cell must say `**About N minutes · M points**` "
            "and `goes with chapters …`"
        )
    chapters = " ".join(match["chapters"].replace("#", " ").split())
    return Assignment(
        path.stem, match["title"], int(match["minutes"]), int(match["points"]), chapters
    )


class AssignmentsDirective(SphinxDirective):
    """A table of all assignments, in the order of the chapters that they go with."""

    def run(self) -> list[nodes.Node]:
        self.env.note_reread()  # assignments may come and go
        try:
            found = [load(path) for path in EXERCISES.glob("*/*.ipynb")]
        except ValueError as error:
            raise self.error(str(error)) from error
        found.sort(key=lambda entry: int(re.findall(r"\d+", entry.chapters)[-1]))
        rows = ["| assignment | chapters | about | points |", "| --- | --- | --- | --- |"]
        rows += [self.row(entry) for entry in found]
        return self.parse_text_to_nodes("\n".join(rows))

    def row(self, entry: Assignment) -> str:
        where = self.links(entry.name, f"exercises/{entry.name}/{entry.name}.ipynb")
        name = f"{entry.title} (`{entry.name}`){where}"
        return f"| {name} | {entry.chapters} | {entry.minutes} min | {entry.points} |"

    def links(self, name: str, path: str) -> str:
        """Links that open the notebook, as soon as it is published."""
        options = self.config.html_theme_options
        branch, launch = options["repository_branch"], options["launch_buttons"]
        if not repository():
            return ""
        named = repository().removeprefix("https://github.com/")
        colab = f"{launch['colab_url']}/github/{named}/blob/{branch}/{path}"
        binder = f"{launch['binderhub_url']}/v2/gh/{named}/{branch}?urlpath=lab/tree/{path}"
        return f": [{name} in Colab]({colab}), [on Binder]({binder})"


def setup(app: Sphinx) -> dict[str, object]:
    app.add_directive("assignments", AssignmentsDirective)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
