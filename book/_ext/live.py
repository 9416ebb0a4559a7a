"""A button above "Now you try" that makes the page's cells run, on a machine of Binder's.

Only where `make configure` has named a repository. `live.js` asks nothing of anybody before a
reader presses the button; the text beside it says whom it will ask then.
"""

from __future__ import annotations

import re
from html import escape

from docutils import nodes
from sphinx.application import Sphinx

from book._tools.chapters import config, repository

HEADING = re.compile(r'(<section id="now-you-try">\s*<h2>.*?</h2>)', re.DOTALL)
BUTTON = """
<p class="buttons needs-js live"><button type="button" {data}>Run the code on this page</button>
<span role="status">Pressing it asks <em>unpkg.com</em> for the program Thebe, and
<em>mybinder.org</em> for a machine, which may take some minutes.</span></p>"""


def offer(
    app: Sphinx, pagename: str, templatename: str, context: dict, doctree: nodes.document | None
) -> None:
    """Write the button into pages with that section, and load its script there."""
    if not repository() or not HEADING.search(context.get("body") or ""):
        return
    settings = {
        "repository": "/".join(repository().split("/")[-2:]),
        "branch": config()["repository"]["branch"],
        "binder": config()["launch_buttons"]["binderhub_url"],
    }
    data = " ".join(f'data-{key}="{escape(value)}"' for key, value in settings.items())
    context["body"] = HEADING.sub(lambda m: m[0] + BUTTON.format(data=data), context["body"])
    app.add_js_file("live.js", loading_method="defer")


def setup(app: Sphinx) -> dict[str, object]:
    app.connect("html-page-context", offer)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
