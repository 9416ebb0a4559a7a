"""One style sheet and one script for all pages, made from the theme's and our own.

Colours follow the system before any script runs, and icons are masks in the style sheet: pages load
neither the theme's icon script (1.5 MB) nor its fonts.
"""

from __future__ import annotations

import hashlib
import re
from pathlib import Path
from urllib.parse import quote

import myst_nb
import tinycss2
from pydata_sphinx_theme.pygments import overwrite_pygments_css
from sphinx.application import Sphinx

STYLES = [
    "styles/pydata-sphinx-theme.css",
    "pygments.css",
    "styles/sphinx-book-theme.css",
    "copybutton.css",
]
NOTEBOOKS = Path(myst_nb.__file__).parent / "static" / "mystnb.css"  # copied only at the end
SCRIPTS = [
    "documentation_options.js",
    "clipboard.min.js",
    "copybutton.js",
    "scripts/bootstrap.js",
    "scripts/pydata-sphinx-theme.js",
    "scripts/sphinx-book-theme.js",
]
# What no page of this book uses, or what is in the style sheet already.
UNUSED = re.compile(
    r"mystnb\.|thebe|toggle(button|Hint|OpenOnPrint)|sphinx-design|design-tabs|doctools|sphinx_highlight"
    r"|DOCUMENTATION_OPTIONS",
    re.IGNORECASE,
)
ICONS = (
    *("angle-left", "angle-right", "arrow-up", "bars", "circle-half-stroke", "code", "download"),
    *("expand", "file", "file-pdf", "github", "list", "magnifying-glass", "moon", "rocket", "sun"),
)
TITLE_ICONS = {
    "note": "circle-info",
    "tip": "lightbulb",
    "warning": "triangle-exclamation",
}
SAFE = " ,=:/'"  # what a quoted address in CSS may hold as it is
ICON_STYLE = """\
/* Icons: Font Awesome Free, https://fontawesome.com, CC BY 4.0 */
.fa-solid, .fas, .fab, .admonition > .admonition-title::after {
  background: currentColor; display: inline-block; height: 1em; width: 1em;
  mask: var(--icon) center / contain no-repeat; }
.admonition > .admonition-title::after { content: "" !important; }
.theme-switch { display: none; }
"""


def follow_the_system(css: str) -> str:
    """Let the rules of each theme hold for `data-theme="auto"` too, where the system asks for it.

    Rules and files that draw icons as letters of a font are left out.
    """
    kept = []
    for rule in tinycss2.parse_stylesheet(css, skip_comments=True, skip_whitespace=True):
        text = rule.serialize()
        if "--fa:" in text or (text.startswith("@font-face") and "Awesome" in text):
            continue
        kept.append(text)
        for theme in ("light", "dark"):
            auto, count = re.subn(rf'\[data-theme="?{theme}"?\]', '[data-theme="auto"]', text)
            if count:
                kept.append(f"@media (prefers-color-scheme: {theme}) {{{auto}}}")
    return "\n".join(kept)


def icon(name: str, library: str) -> str:
    """The icon as a CSS image, from the theme's script; the last of a name is the solid one."""
    found = re.findall(rf'[{{,]"?{name}"?:\[(\d+),(\d+),\[[^]]*\],"[^"]*","([^"]+)"', library)
    width, height, path = found[-1]
    svg = (
        f"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 {width} {height}'>"
        f"<path d='{path}'/></svg>"
    )
    return f'url("data:image/svg+xml,{quote(svg, safe=SAFE)}")'


def icons(library: str) -> str:
    rules = [f".fa-{name} {{ --icon: {icon(name, library)}; }}" for name in ICONS]
    rules += [
        f".admonition.{kind} > .admonition-title {{ --icon: {icon(name, library)}; }}"
        for kind, name in TITLE_ICONS.items()
    ]
    return ICON_STYLE + "\n".join(rules)


def write(app: Sphinx) -> None:
    """Write `site.css` and `site.js` from the files that the builder has copied."""
    static = Path(app.outdir, "_static")
    overwrite_pygments_css(app)  # the theme itself does so when all pages are written

    def read(names: list[str]) -> list[str]:
        return [(static / name).read_text(encoding="utf-8") for name in names]

    library = (static / "scripts" / "fontawesome.js").read_text(encoding="utf-8")
    styles = [*read(STYLES), NOTEBOOKS.read_text(encoding="utf-8"), icons(library)]
    styles += read(own(app.config.html_css_files))
    (static / "site.css").write_text(follow_the_system("\n".join(styles)), encoding="utf-8")
    scripts = [
        re.sub(r"//# sourceMappingURL=.*", "", script)
        for script in read([*SCRIPTS, *own(app.config.html_js_files)])
    ]
    (static / "site.js").write_text(";\n".join(scripts), encoding="utf-8")


def own(files: list) -> list[str]:
    return [file if isinstance(file, str) else file[0] for file in files]


def use(
    app: Sphinx, pagename: str, templatename: str, context: dict, doctree: object | None
) -> None:
    """Replace what is bundled by the bundle, on every page; other files stay."""
    if not getattr(app, "_bundle_written", False):
        write(app)  # here: Sphinx has no event between copying files and writing pages
        app._bundle_written = True  # type: ignore[attr-defined]
    for kind, names in (("css_files", STYLES), ("script_files", SCRIPTS)):
        extra = app.config.html_css_files if kind == "css_files" else app.config.html_js_files
        bundled = [*names, *own(extra)]
        context[kind] = [file for file in context.get(kind, []) if not _left_out(file, bundled)]


def _left_out(file: object, bundled: list[str]) -> bool:
    name = str(getattr(file, "filename", file) or "")
    body = getattr(file, "attributes", {}).get("body", "")
    unused = UNUSED.search(f"{name} {body}")
    return bool(unused) or name.removeprefix("_static/") in bundled


def setup(app: Sphinx) -> dict[str, object]:
    app.add_css_file("site.css", priority=0)
    app.add_js_file("site.js", priority=0, loading_method="defer")
    app.connect("html-page-context", use, priority=902)
    # All pages are read anew when what reads them has changed.
    ours = sorted(Path(__file__).parent.glob("*.py"))
    digest = hashlib.sha256(b"".join(path.read_bytes() for path in ours)).hexdigest()
    app.add_config_value("read_by", digest, "env")
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
