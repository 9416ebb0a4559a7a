"""Test cells as any nbgrader course has them judge what lives in another process."""

import pytest

from tests.lmgrade.forked import grade

STACK = """
class Stack:
    def __init__(self): self.items = []
    def push(self, x): self.items.append(x)
    def pop(self): return self.items.pop()
    def __len__(self): return len(self.items)
    def __getitem__(self, k): return self.items[k]
    def __iter__(self): return iter(self.items)
    def __contains__(self, x): return x in self.items
    def __repr__(self): return f"Stack({self.items})"
    def __enter__(self): self.open = True; return self
    def __exit__(self, *_): self.open = False
"""
ERRORS = """
class TooPoor(ValueError):
    def __init__(self, text, amount):
        super().__init__(text)
        self.amount = amount
class FarTooPoor(TooPoor): pass
def pay(x):
    raise FarTooPoor("no", x)
"""
POINT = """
from dataclasses import dataclass
@dataclass
class Point:
    x: int
    y: int = 0
    def norm(self): return abs(self.x) + abs(self.y)
"""
VECTOR = """
class Vector:
    def __init__(self, x): self.x = x
    def __add__(self, other): return Vector(self.x + other.x)
    def __neg__(self): return Vector(-self.x)
"""
COUNTER = """
def counter():
    n = 0
    def count():
        nonlocal n
        n += 1
        return n
    return count
"""
NET = """
import torch
from torch import nn
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.layer = nn.Linear(2, 3)
    def forward(self, x): return self.layer(x)
"""
ACCEPTED = {
    "a variable": ("answer = 42", "assert answer == 42"),
    "a function": ("def mean(x): return sum(x) / len(x)", "assert mean([1, 2]) == 1.5"),
    "its name and text": (
        "def f():\n    'Docs.'",
        "assert (f.__name__, f.__doc__) == ('f', 'Docs.')",
    ),
    "None": ("def f(): pass", "assert f() is None"),
    "an array": (
        "def twice(x): return 2 * x",
        "import numpy as np\nassert (twice(np.arange(3)) == [0, 2, 4]).all()",
    ),
    "a generator": (
        "def squares(n):\n    for i in range(n): yield i * i",
        "s = squares(3)\nassert next(s) == 0\nassert list(s) == [1, 4]\n"
        "assert next(s, 'end') == 'end'",
    ),
    "a class": (
        STACK,
        "s = Stack()\nassert not s\ns.push(3); s.push(4)\n"
        "assert len(s) == 2 and s[0] == 3 and list(s) == [3, 4] and s.items == [3, 4]\n"
        "assert 4 in s and 9 not in s and repr(s) == f'{s}' == 'Stack([3, 4])'\n"
        "assert isinstance(s, Stack) and not isinstance(3, Stack)\n"
        "with s as same: assert same.open\nassert not s.open",
    ),
    "a data class": (
        POINT,
        "p = Point(1, y=2)\nassert (p.x, p.y, p.norm()) == (1, 2, 3)\np.x = 5\n"
        "assert p.norm() == 7 and repr(p) == 'Point(x=5, y=2)'",
    ),
    "arithmetic of two objects": (VECTOR, "assert (Vector(1) + -Vector(2)).x == -1"),
    "an own exception": (
        ERRORS,
        "for kind in (FarTooPoor, TooPoor, ValueError):\n"
        "    try: pay(3)\n    except kind as e: assert (str(e), e.amount) == ('no', 3)\n"
        "    else: assert False",
    ),
    "a built-in exception": (
        "def f(x):\n    if x < 0: raise ValueError('negative')",
        "try: f(-1)\nexcept ValueError as e: assert 'negative' in str(e)\nelse: assert False",
    ),
    "a closure": (COUNTER, "c = counter()\nassert callable(c) and [c(), c()] == [1, 2]"),
    "a function that calls back": (
        "def apply(f, xs): return [f(x) for x in xs]",
        "assert apply(lambda x: x + 1, [1, 2]) == [2, 3]\nassert apply(abs, [-1]) == [1]\n"
        "try: apply(lambda x: 1 / x, [0])\nexcept ZeroDivisionError: pass\nelse: assert False",
    ),
    "a decorator": (
        "def twice(f):\n    return lambda *a: f(f(*a))",
        "@twice\ndef more(x): return x + 1\nassert more(1) == 3",
    ),
    "what changes its argument": (
        "import numpy as np\ndef f(a, b, c):\n    a.sort(); b['k'] = 1; c[0] = 0",
        "import numpy as np\na, b, c = [3, 1], {}, np.ones(2)\nf(a, b, c=c)\n"
        "assert (a, b, list(c)) == ([1, 3], {'k': 1}, [0, 1])",
    ),
    "what is printed": (
        "def greet(): print('hello')",
        "import io, contextlib\nsaid = io.StringIO()\n"
        "with contextlib.redirect_stdout(said): greet()\nassert said.getvalue() == 'hello\\n'",
    ),
    "patched input": (
        "def ask(): return int(input('n? ')) + int(input())",
        "from unittest.mock import patch\n"
        "with patch('builtins.input', side_effect=['2', '3']): assert ask() == 5",
    ),
    "a seed of NumPy": (
        "import numpy as np\ndef roll(n): return np.random.rand(n)",
        "import numpy as np\nnp.random.seed(3); a = roll(2)\nnp.random.seed(3); b = roll(2)\n"
        "np.random.seed(3)\nassert (a == b).all() and (a == np.random.rand(2)).all()",
    ),
    "a seed of random": (
        "import random\ndef roll(): return random.randint(1, 6)",
        "import random\nrandom.seed(1); a = [roll() for _ in range(5)]\nrandom.seed(1)\n"
        "assert a == [random.randint(1, 6) for _ in range(5)]",
    ),
    "a file beside the notebook": (
        "def total(): return sum(map(int, open('numbers.txt')))",
        "assert total() == 3",
    ),
    "other plain values": (
        "import datetime as d, collections\nP = collections.namedtuple('P', 'x y')\n"
        "def f(): return [range(3), d.date(2020, 1, 2), 2**99, {1, 2}]\n"
        "def g(): return P(1, 2), collections.Counter('aab')",
        "import datetime as d\nassert f() == [range(3), d.date(2020, 1, 2), 2**99, {1, 2}]\n"
        "p, c = g()\nassert p.x == 1 and p == (1, 2) and c.most_common(1) == [('a', 2)]",
    ),
    "what a refused comparison becomes": (
        POINT + "class Degrees:\n    def __float__(self): return 20.5\n",
        "assert float(Degrees()) < 30\nequal = vars(Point)['__eq__']\n"
        "assert equal(Point(1), Point(1)) is True and equal(Point(1), Point(2)) is False",
    ),
    "a module of PyTorch": (
        NET,
        "import torch\nfrom torch import nn\nn = Net()\nassert isinstance(n, nn.Module)\n"
        "assert n(torch.ones(4, 2)).shape == (4, 3)\n"
        "assert sum(p.numel() for p in n.parameters()) == 9",
    ),
}
FRAME = (
    "import pandas as pd\ndef top(df): return df.sort_values('a').head(1)",
    "import pandas as pd\ndf = pd.DataFrame({'a': [2, 1], 'b': ['x', 'y']})\n"
    "assert isinstance(top(df), pd.DataFrame) and top(df).equals(df.iloc[[1]])\n"
    "assert top(df).a.sum() == 1",
)
YES = """
class Yes:
    def __eq__(self, other): return True
    __ne__ = __lt__ = __le__ = __gt__ = __ge__ = __contains__ = __eq__
    def __sub__(self, other): return 0
    __rsub__ = __abs__ = __mod__ = __sub__
    def equals(self, other): return True
    def __hash__(self): return 9
    def __array__(self, *_): import numpy; return numpy.array(9)
class Nine(int):
    __eq__ = Yes.__eq__
    __hash__ = Yes.__hash__
"""
DECIDED = [
    "f() == 9",
    "f() >= 9",
    "9 <= f()",
    "abs(f() - 9) < 1e-6",
    "not 9 - f()",
    "9 in f()",
    "f() in {9}",
    "f() in [9]",
    "f().equals(9)",
    "f().__eq__(9)",
    "f().__contains__(9)",
    "f() % 2 == 1",
    "[f()] == [9]",
    "__import__('numpy').allclose(f(), 9)",
]


@pytest.mark.parametrize("name", ACCEPTED)
def test_right_work_gets_its_points(name: str) -> None:
    solution, test = ACCEPTED[name]
    found = grade([solution], test, files={"numbers.txt": b"1\n2\n"})
    assert (found.score, found.tests[0].message) == (1.0, "")


def test_frames_cross_where_pandas_is_there() -> None:
    pytest.importorskip("pandas")
    assert grade([FRAME[0]], FRAME[1]).score == 1


@pytest.mark.parametrize("question", DECIDED)
@pytest.mark.parametrize("made", ["Yes()", "Nine(3)"])
def test_an_object_does_not_decide_about_a_test(question: str, made: str) -> None:
    found = grade([f"{YES}\ndef f(): return {made}"], f"assert {question}")
    assert found.score == 0
    assert found.tests[0].message


def test_a_refusal_says_what_to_compare_instead() -> None:
    (test,) = grade([POINT], "assert Point(1) == Point(1)").tests
    assert "`==`" in test.message
    assert "compare plain values" in test.message


def test_an_object_in_place_of_its_class_is_told_by_the_checks() -> None:
    test = "from lmlib.checks.dropout import check\ncheck.grade.interface(Dropout)"
    found = grade(["class Dropout: pass\nDropout = Dropout()"], test)
    assert "pass the class itself: Dropout" in found.tests[0].message


def test_partial_credit_is_what_the_last_expression_says() -> None:
    found = grade(["x = 3"], "(x == 3) * 0.5 + 0", "x / 0", "x * 100", "float('nan')", points=2)
    assert [test.score for test in found.tests] == [0.5, 0, 2, 0]


def test_each_test_sees_the_names_as_they_stand_at_its_place() -> None:
    from lmgrade.grading import run
    from lmgrade.notebook.assignment import Assignment, Cell
    from lmgrade.notebook.submission import Step, Submission
    from tests.lmgrade.forked import QUICK, new_worker

    cells = (
        Cell("one", "solution", "result = 1"),
        Cell("is one", "test", "assert result == 1", 1.0),
        Cell("two", "solution", "result = 2"),
        Cell("is two", "test", "assert result == 2", 1.0),
    )
    steps = [Step(c.id, "" if c.points else c.source, c.id if c.points else None) for c in cells]
    found = run.grade(Assignment("order", cells).exam, Submission(steps, [], {}), new_worker, QUICK)
    assert [test.score for test in found.tests] == [1, 1]


def test_a_name_that_is_not_there_is_said_to_be_missing_and_why() -> None:
    broken = "def f(:\n    return 1"
    found = grade([broken], "assert f() == 1", reference="def f(): return 1")
    assert found.score == 0
    assert "f is not written yet, or its cell failed" in found.tests[0].message
    assert "SyntaxError" in found.tests[0].message


def test_a_list_that_holds_itself_is_an_object() -> None:
    assert grade(["xs = [1]\nxs.append(xs)"], "assert xs[0] == 1 and len(xs) == 2").score == 1
