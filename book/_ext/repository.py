"""What needs a published repository: its button, launch buttons and the site's own address."""

from __future__ import annotations

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.config import Config

from book._tools.chapters import repository, site


def name_the_repository(app: Sphinx, config: Config) -> None:
    """Set what Jupyter Book would ask of `_config.yml` a second time."""
    config.html_theme_options["use_repository_button"] = bool(repository())
    config.html_baseurl = config.html_context["html_baseurl"] = site()  # a template reads it, too
    if not repository():  # the theme then launches nothing, and still offers the notebook as a file
        config.html_context |= {"github_url": "", "github_user": None, "github_repo": None}


def launch_what_is_published(
    app: Sphinx, pagename: str, templatename: str, context: dict, doctree: nodes.document | None
) -> None:
    """Binder and Colab open the `.ipynb` made from a chapter, on the repository's branch."""
    for group in context.get("header_buttons", []):
        if group.get("label") == "launch-buttons":
            for button in group["buttons"]:
                button["url"] = button["url"].removesuffix(".md") + ".ipynb"
                button["icon"] = None  # a logo would be one more request


def setup(app: Sphinx) -> dict[str, object]:
    app.connect("config-inited", name_the_repository)
    app.connect("html-page-context", launch_what_is_published, priority=900)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
