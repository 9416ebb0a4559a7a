"""What the front page and the page "Your progress" show of the whole course.

`{staircase}` sets the measured accuracy before a sentence for each model, `{course-map}` lists
parts and chapters with the minutes that they take to read, and `{questions}` lists every prediction
and every question of a quiz, of which `progress.js` shows those that apply to the reader.
"""

from __future__ import annotations

import re
from pathlib import Path

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from book._ext import quiz
from book._ext.quiz import inline, raw
from book._tools.chapters import ROOT, read, toc
from lmlib import results

WORDS_A_MINUTE = 150  # of prose and of shown code, read with care
NUMBERED = re.compile(r"book/\d\d-")
TITLE = re.compile(r"^# (.+)$", re.MULTILINE)
UNREAD = re.compile(r"\A---\n.*?^---\n|^```\{code-cell\}.*?^```\n", re.DOTALL | re.MULTILINE)


def parts() -> list[tuple[str, list[Path]]]:
    """Each part that has numbered chapters: its name, and their paths."""
    found = []
    for part in toc()["parts"]:
        files = [entry["file"] for entry in part["chapters"]]
        if paths := [ROOT / f"{file}.md" for file in files if NUMBERED.match(file)]:
            found.append((part["caption"], paths))
    return found


def title(path: Path) -> str:
    match = TITLE.search(read(path))
    assert match, f"{path.name} has no title"
    return match[1]


def minutes(path: Path) -> int:
    """How long it takes to read a chapter, without the code that its page hides or folds."""

    def shown(match: re.Match[str]) -> str:
        return match[0] if re.match(r"```\{code-cell\} python\n(?!---|:tags)", match[0]) else ""

    return -(-len(UNREAD.sub(shown, read(path)).split()) // WORDS_A_MINUTE)


class Staircase(SphinxDirective):
    """Lines `MODEL: sentence`, one for each measured model, in the order of the results."""

    has_content = True

    def run(self) -> list[nodes.Node]:
        self.env.note_dependency(str(ROOT / "benchmarks" / "results" / "models.json"))
        rows = results.load("models")["models"]
        steps = dict(line.split(": ", 1) for line in self.content if line)
        if list(steps) != list(rows):
            raise self.error(f"staircase: needs one line each for {', '.join(rows)}.")
        out: list[nodes.Node] = [raw('<ol class="staircase">')]
        for name, sentence in steps.items():
            accuracy = 100 * rows[name]["lmlib"]["accuracy"]["median"]
            out += [
                raw(
                    f'<li style="--accuracy: {accuracy:.1f}%"><span class="model">{name}</span> '
                    f'<span class="accuracy">{accuracy:.0f} %</span> '
                ),
                *inline(self, sentence),
                raw("</li>"),
            ]
        return [*out, raw("</ol>")]


class CourseMap(SphinxDirective):
    def run(self) -> list[nodes.Node]:
        out: list[nodes.Node] = [raw('<div class="course-map">')]
        total = 0
        for name, paths in parts():
            times = {path: minutes(path) for path in paths}
            total += sum(times.values())
            text = f"**{name}** <span>{sum(times.values())} min</span>\n\n"
            for path, time in times.items():
                self.env.note_dependency(str(path))
                text += f"- [{title(path)}]({path.name}) <span>{time} min</span>\n"
            out += [raw('<div class="part">'), *self.parse_text_to_nodes(text), raw("</div>")]
        hours = f"<p>Reading all of it takes about {total / 60:.0f} hours.</p>"
        return [*out, raw(f"</div>{hours}")]


class Questions(SphinxDirective):
    """All questions, grouped by chapter; the argument is `missed` or `untried`."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        out: list[nodes.Node] = [raw(f'<div class="questions {self.arguments[0]}"><ul>')]
        for path in [path for _, paths in parts() for path in paths]:
            self.env.note_dependency(str(path))
            self.env.note_dependency(str(quiz.QUIZZES / f"{path.stem}.yml"))
            out += [raw("<li>"), *inline(self, f"[{title(path)}]({path.name})"), raw("<ul>")]
            out += self._item(path, "predict-first", None, "Predict first")
            for number, question in enumerate(quiz.load(path.stem), 1):
                out += self._item(path, f"quiz-{number}", question.key, question.text)
            out.append(raw("</ul></li>"))
        return [*out, raw("</ul></div>")]

    def _item(self, path: Path, anchor: str, key: str | None, text: str) -> list[nodes.Node]:
        link = nodes.reference("", "", refuri=f"{path.stem}.html#{anchor}", internal=True)
        link += inline(self, text)
        item = nodes.inline("", "", link)  # Sphinx writes no reference that stands alone
        question = f' data-question="{key}"' if key else ""
        return [raw(f'<li data-chapter="{path.stem}"{question}>'), item, raw("</li>")]


def setup(app: Sphinx) -> dict[str, object]:
    app.add_directive("staircase", Staircase)
    app.add_directive("course-map", CourseMap)
    app.add_directive("questions", Questions)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
