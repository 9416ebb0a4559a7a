"""Write constraints.txt: the versions installed here of everything the project needs.

Run it as ``make pins`` in an environment whose tests pass.
"""

import sys
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

import tomllib
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
OLDEST = "3.11.0"  # Debian 12 has 3.11.2, so a pin must not ask for a later 3.11
# Each platform has its own builds of torch and torchvision, so they keep the ranges of pyproject.
UNPINNED = {"torch", "torchvision"}
HEADER = """\
# The full tool set, as tested. Written by `make pins`; don't edit by hand.
# torch and torchvision aren't pinned: their builds differ by platform.
"""


def needs(name: str, extra: str) -> Iterator[Requirement]:
    """What installed package ``name[extra]`` requires on this machine (no extra: ``""``)."""
    for line in distribution(name).requires or []:
        requirement = Requirement(line)
        if requirement.marker is None or requirement.marker.evaluate({"extra": extra}):
            yield requirement


def closure(requirements: list[Requirement]) -> set[str]:
    """Every package that the requirements bring in."""
    found: set[tuple[str, str]] = set()
    queue = requirements
    while queue:
        requirement = queue.pop()
        package = canonicalize_name(requirement.name)
        for extra in {"", *requirement.extras}:
            if (package, extra) not in found:
                found.add((package, extra))
                queue += needs(package, extra)
    return {package for package, _ in found}


def supports(package: str, python: str) -> bool:
    """Whether the installed version of ``package`` can be installed for that Python."""
    return python in SpecifierSet(distribution(package).metadata["Requires-Python"] or "")


def main() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    groups = [project["dependencies"], *project["optional-dependencies"].values()]
    try:
        packages = closure([Requirement(line) for group in groups for line in group]) - UNPINNED
    except PackageNotFoundError as missing:
        install = ".venv/bin/pip install -e '.[book,grading,cluster,dev,bench]'"
        sys.exit(f"{missing.name} isn't installed; run first: {install}")
    if too_new := sorted(package for package in packages if not supports(package, OLDEST)):
        sys.exit(
            f"Python {OLDEST} can't install {', '.join(too_new)}: install older versions first."
        )
    pins = [f"{package}=={distribution(package).version}\n" for package in sorted(packages)]
    (ROOT / "constraints.txt").write_text(HEADER + "".join(pins))
    print(f"constraints.txt: {len(packages)} packages")


if __name__ == "__main__":
    main()
