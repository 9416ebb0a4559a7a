"""Write constraints.txt: the versions installed here of everything the project needs.

Run it as ``make pins`` in an environment whose tests pass.
"""

import sys
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

# Each platform has its own builds of torch and torchvision, so they keep the ranges of pyproject.
UNPINNED = {"lmlib", "torch", "torchvision"}
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


def closure(name: str, extras: set[str]) -> set[str]:
    """Every package that ``name[extras]`` brings in, itself included."""
    found: set[tuple[str, str]] = set()
    queue = [(name, extra) for extra in extras]
    while queue:
        package, extra = queue.pop()
        if (package, extra) in found:
            continue
        found.add((package, extra))
        for requirement in needs(package, extra):
            child = canonicalize_name(requirement.name)
            queue += [(child, wanted) for wanted in {"", *requirement.extras}]
    return {package for package, _ in found}


def main() -> None:
    try:
        packages = closure("lmlib", {"book", "grading", "dev", "bench"}) - UNPINNED
    except PackageNotFoundError as missing:
        sys.exit(f"{missing} isn't installed: pip install -e '.[book,grading,dev,bench]' first.")
    target = Path(__file__).parents[1] / "constraints.txt"
    pins = [f"{package}=={distribution(package).version}\n" for package in sorted(packages)]
    target.write_text(HEADER + "".join(pins))
    print(f"{target.name}: {len(packages)} packages")


if __name__ == "__main__":
    main()
