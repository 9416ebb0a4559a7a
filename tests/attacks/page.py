"""What a page of feedback would make a browser do."""

from html.parser import HTMLParser

ACTIVE = {"script", "iframe", "object", "embed", "form", "base", "meta", "link", "svg", "style"}
SCHEMES = ("javascript:", "vbscript:", "data:")


class Page(HTMLParser):
    """Everything on a page that acts by itself, or on a click."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.active: set[str] = set()
        self._open = ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._open = tag
        if tag in ACTIVE:
            self.active.add(f"<{tag} {sorted(attrs, key=str)}>")
        for name, value in attrs:
            bare = "".join((value or "").split()).lower()
            if name.startswith("on") or bare.startswith(SCHEMES) or name == "srcdoc":
                self.active.add(f"{name}={value}")

    handle_startendtag = handle_starttag

    def handle_endtag(self, tag: str) -> None:
        self._open = ""

    def handle_data(self, data: str) -> None:
        if self._open in ("script", "style"):
            self.active.add(data)
