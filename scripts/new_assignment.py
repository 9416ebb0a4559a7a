"""Write a new assignment that passes its own tests, to be filled in: ``new_assignment.py NAME``.

It makes the four things that belong together: the solution, the checks with a reference, the hints,
and right and wrong samples. The example asks for a function NAME that doubles a tensor; replace it
part by part. CONTRIBUTING.md says how, and which commands judge the parts.
"""

import keyword
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
MARKS = (
    '# %% nbgrader={{"cell_type": "code", "grade": {grade}, "grade_id": "{id}", '
    '"locked": {locked}, {points}"schema_version": 3, "solution": {solution}, "task": false}}'
)
WRITTEN = (
    '# %% [markdown] nbgrader={"cell_type": "markdown", "grade": true, "grade_id": "answer", '
    '"locked": false, "points": 2, "schema_version": 3, "solution": true, "task": false}'
)
CHECKS = '''"""Checks for `{name}`: replace the reference and the properties by your own.

What a property may draw is in `case.py`, what it may demand in `expect.py`; `kit.py` has probes.
"""

from typing import Any

import torch
from torch import Tensor

from lmlib.checks import Case, Suite, beside, expect, expect_close, expect_tensor, probe

# The assignment, and what the student writes: here a function of the same name.
check = Suite("{name}", "{name}")


def reference(x: Tensor) -> Tensor:
    """What a right solution gives."""
    return 2 * x


@probe
def slope({name}: Any, x: Tensor) -> Tensor | None:
    """The gradient of the result's sum, if one flows back; this runs beside student code."""
    leaf = x.clone().requires_grad_()
    total = {name}(leaf * 1).sum()
    return torch.autograd.grad(total, leaf)[0] if total.requires_grad else None


@check.property("the result has the shape and dtype of x")
def interface({name}: Any, case: Case) -> None:
    x = case.normal(*case.sizes(2))
    expect_tensor({name}(x), x.shape, x.dtype)


@check.property("the result is twice x", depends=["interface"])
def value({name}: Any, case: Case) -> None:
    x = case.normal(*case.sizes(2))
    found, wanted = {name}(x.clone()), reference(x)
    text = f"for {{x[0, 0]:.4g}} the result is {{found[0, 0]:.4g}}, not {{wanted[0, 0]:.4g}}"
    expect_close(found, wanted, "value", text)


@check.property("a gradient flows back", depends=["value"])
def gradient({name}: Any, case: Case) -> None:
    x = case.normal(*case.sizes(2))
    found = beside(slope, {name}, x)
    expect(found is not None, "no-gradient", "no gradient flows back to x")
    text = "the gradient at x is not that of twice x"
    expect_close(found, 2 * torch.ones_like(x), "gradient", text)


@check.property("x is left as it was", depends=["value"])
def untouched({name}: Any, case: Case) -> None:
    x = case.normal(*case.sizes(2))
    given = x.clone()
    {name}(given)
    expect_close(given, x, "input-changed", "x is not as it was before the call")
'''
HINTS = """# Hints for `{name}`

## interface
1. What should come out for a table of 2 rows and 3 columns?
2. Return the tensor itself, not a number of it.

## value
1. Try it with a single number first.
2. Which operation makes 6 of 3, and 8 of 4?

## gradient
1. Which operations of PyTorch does a gradient pass through?
2. Numbers that leave PyTorch, as by `.item()` or `.tolist()`, have no gradient.

## untouched
1. Which operations write into their argument?
2. Names that end in an underscore and signs such as `*=` do.
"""
HEAD = """# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Twice as much
#
# **About 10 minutes · 6 points** (4 by tests that you can run yourself, 2 for a short answer)
# · goes with chapters 1–2.
#
# Replace this text: what can a student do after this notebook?

# %%
from lmlib.checks.{name} import check

# %% [markdown]
# ## Your task: `{name}`
#
# `{name}(x)` takes a tensor and returns twice its numbers.


{solution_marks}
def {name}(x):
    \"\"\"Twice x.\"\"\"
    ### BEGIN SOLUTION
    return 2 * x
    ### END SOLUTION


# %% [markdown]
# Where do you stand?

# %%
check({name})

# %% [markdown]
# ## What is graded
"""
TAIL = """
# %% [markdown]
# ## In your own words
#
# Why is the gradient the same everywhere?

{written}
# The result grows by 2 wherever x grows by 1.
"""
RIGHT = {
    "times": "return 2 * x",
    "plus": "return x + x",
    "mul": "return x.mul(2)",
    "stack": "return torch.stack([x, x]).sum(0)",
}
BEYOND = {
    "all_but_large": (
        "right but for numbers above a million, which no check draws",
        "return torch.where(x > 1e6, x, 2 * x)",
    ),
}
WRONG = {
    "squares": ("value", "return x * x"),
    "once": ("value", "return x"),
    "as_a_number": ("not-a-tensor", "return 2 * x.sum().item()"),
    "one_row": ("wrong-shape", "return 2 * x[:1]"),
    "in_place": ("input-changed", "return x.mul_(2)"),
    "detached": ("no-gradient", "return 2 * x.detach()"),
}


def cell_marks(id: str, kind: str, points: int = 0) -> str:
    """The line above a cell that tells nbgrader what it is."""
    is_test = kind == "test"
    said = {True: "true", False: "false"}
    return MARKS.format(
        id=id,
        grade=said[is_test],
        locked=said[is_test],
        solution=said[not is_test],
        points=f'"points": {points}, ' if is_test else "",
    )


def solution(name: str) -> str:
    tests = "".join(
        f"\n{cell_marks(id, 'test', 1)}\ncheck.{id}({name})\n### BEGIN HIDDEN TESTS\n"
        f"check.grade.{id}({name})\n### END HIDDEN TESTS\n"
        for id in ("interface", "value", "gradient", "untouched")
    )
    head = HEAD.format(name=name, solution_marks=cell_marks(f"{name}-solution", "solution"))
    return head + tests + TAIL.format(written=WRITTEN)


def files(name: str) -> dict[str, str]:
    """Every file of a new assignment, by its path."""
    body = f"import torch\n\n\ndef {name}(x):\n    {{}}\n"
    samples = f"tests/validity/{name}"
    return {
        f"solutions/{name}.py": solution(name),
        f"lmlib/checks/{name}.py": CHECKS.format(name=name),
        f"lmlib/checks/hints/{name}.md": HINTS.format(name=name),
        **{f"{samples}/right/{key}.py": body.format(line) for key, line in RIGHT.items()},
        **{
            f"{samples}/wrong/{key}.py": f"# {name}.{id}\n{body.format(line)}"
            for key, (id, line) in WRONG.items()
        },
        **{
            f"{samples}/beyond/{key}.py": f"# beyond: {why}\n{body.format(line)}"
            for key, (why, line) in BEYOND.items()
        },
    }


def main(name: str) -> None:
    if not re.fullmatch(r"[a-z][a-z0-9_]*", name) or keyword.iskeyword(name):
        sys.exit(f"{name!r} is no name for an assignment: use small letters, digits and _")
    written = files(name)
    if there := [path for path in written if (ROOT / path).exists()]:
        sys.exit(f"{there[0]} is there already: choose another name")
    for path, text in written.items():
        (ROOT / path).parent.mkdir(parents=True, exist_ok=True)
        (ROOT / path).write_text(text, encoding="utf-8")
    print(f"wrote {len(written)} files:", *list(written)[:3], f"tests/validity/{name}/", sep="\n  ")
    print(
        "Fill them in, one after the other. As often as you like:",
        f".venv/bin/python -m tests.validity {name} --seeds 2",
        f"make exercises && .venv/bin/pytest -k {name} tests/checks tests/lmgrade/test_release.py",
        sep="\n  ",
    )


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: make new-assignment NAME=…")
    main(sys.argv[1])
