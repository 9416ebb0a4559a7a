"""Hints, from a nudge to the last step before the answer: one Markdown page per assignment."""

import re
from importlib.resources import files


def hints_for(assignment: str, property_id: str) -> list[str]:
    """The numbered lines below the heading `## property_id`, in order."""
    page = files(__name__).joinpath(f"{assignment}.md").read_text(encoding="utf-8")
    sections = dict(re.findall(r"^## (\w+)\n(.*?)(?=^## |\Z)", page, re.MULTILINE | re.DOTALL))
    return re.findall(r"^\d+\. (.+)$", sections.get(property_id, ""), re.MULTILINE)
