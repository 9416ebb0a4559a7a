"""Grading in the worker gives the scores that the same tests give in one process."""

import contextlib
import os
import re
import signal
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from lmgrade.assignment import Assignment, Cell, UnknownAssignment, load, read_cells
from lmgrade.limits import Limits
from lmgrade.pool import Pool
from lmgrade.result import PART, Result
from lmgrade.sandbox import SandboxError
from lmgrade.submission import Step, from_code
from tests import needs

HEAD = '# %% nbgrader={{"grade": {grade}, "grade_id": "{id}", "locked": {locked}, {rest}}}'
REST = '"schema_version": 3, "solution": {solution}, "task": false, "cell_type": "code"'


def cell(id: str, source: str, points: int | None = None, solution: bool = False) -> str:
    rest = REST.format(solution=str(solution).lower())
    rest += "" if points is None else f', "points": {points}'
    flags = {"grade": str(points is not None).lower(), "locked": str(not solution).lower()}
    return HEAD.format(id=id, rest=rest, **flags) + "\n" + source + "\n\n"


MODEL = """
import torch
from torch import nn
class Model(nn.Module):
    def __init__(self, size):
        super().__init__()
        self.a = nn.Linear(size, size, bias=False)
        self.b = nn.Linear(size, size, bias=False)
        self.b.weight = self.a.weight
        self.state = None
    def forward(self, x):
        h = torch.tanh(self.a(x)) if self.training else x
        return self.b(h)
    def reset(self):
        self.state = 0
def asleep(size):
    return Model(size).eval()
def double(x):
    return x * 2
def grow(x):
    return x.add_(1)
def track(x):
    return x.requires_grad_()
def draw(x):
    return torch.rand(4)
def shout(words):
    words = [word.upper() for word in words]
    return words
def batches(n):
    for i in range(n):
        yield torch.full((2,), i)
"""
TESTS = {
    "tied": "m = Model(3)\nassert len(list(m.parameters())) == 1 and m.a.weight is m.b.weight",
    "mode": "m = nn.Sequential(Model(3)).eval()\nx = torch.ones(2, 3)\n"
    "assert torch.allclose(m(x), x @ m[0].b.weight.T)\nm[0].reset()",
    "learns": "m = Model(3)\nbefore = m(torch.ones(1, 3)).sum().item()\n"
    "o = torch.optim.SGD(m.parameters(), lr=.1)\n"
    "for _ in range(3):\n    o.zero_grad()\n    m(torch.ones(1, 3)).sum().backward()\n"
    "    o.step()\n"
    "assert m(torch.ones(1, 3)).sum().item() < before",
    "gradient": "x = torch.randn(4, 3, dtype=torch.float64, requires_grad=True)\n"
    "m = Model(3).double()\nassert torch.autograd.gradcheck(m, (x,))",
    "in_place": "x = torch.randn(3, requires_grad=True)\ny = double(x * 1)\n"
    "y.sum().backward()\nassert torch.equal(x.grad, torch.full((3,), 2.0))",
    "double": "x = torch.ones(3)\nassert torch.equal(double(x), 2 * torch.ones(3))\n"
    "assert torch.equal(x, torch.ones(3)), 'x was changed'",
    "list": "words = ['a', 'b']\nassert shout(words) == ['A', 'B']\n"
    "assert words == ['a', 'b'], 'the list was changed'",
    "batches": "assert [b.tolist() for b in batches(3)] == [[0, 0], [1, 1], [2, 2]], 'batches'\n"
    "kept = list(batches(3))\nassert kept[0][0] == 0, 'a buffer is used again'",
    "tracked": "x = torch.ones(3)\ntrack(x)\nassert x.requires_grad",
    "partial": "0.5",
}
MEASURED = """
from lmlib.checks.operations import repeat
from lmlib.checks.remote import calls_of, calls_of_each, operations_of
m, x = Model(60), torch.ones(1, 60)
out, noted = operations_of(m, x)
made, products, *_ = repeat(noted, [x], [[2 * x], [3 * x]], 60)
assert products == 2, "products"
for factor, parts in zip((2, 3), made, strict=True):
    found = any(torch.allclose(one.float(), m(factor * x), atol=1e-5) for one in parts)
    assert found, "with other numbers"
    assert not any(torch.allclose(one.float(), out) for one in parts), "with the old numbers"
assert torch.equal(out, m(x)), "result"
m, x = Model(3), torch.ones(1, 3)
out, names = calls_of(m, x)
assert torch.equal(out, m(x)) and out.requires_grad, "result"
assert "tanh" in names and "tanh" not in calls_of(m.eval(), x)[1], "names"
assert calls_of(draw, x)[1] & {"rand", "tanh"} == {"rand"}, "names of a function"
assert "tanh" in calls_of_each(m.train(), [x, 2 * x]), "names in a row of calls"
assert calls_of_each(draw, [x, x]) & {"rand", "tanh"} == {"rand"}, "names of a function's row"
assert {"tanh", "kaiming_uniform_"} <= calls_of_each(Model, [x], new=[3]), "names of a new model"
"""
EACH = """
from lmlib.checks.remote import each
m, xs = Model(3), [torch.ones(1, 3), torch.zeros(2, 3, dtype=torch.float32), torch.randn(3)]
for got, x in zip(each(m, xs), xs, strict=True):
    assert torch.equal(got, m(x)) and got.requires_grad, "a model's results"
assert [y.tolist() for y in each(double, xs)] == [(2 * x).tolist() for x in xs], "a function's"
x, other = torch.ones(2, requires_grad=True), torch.ones(2, requires_grad=True)
sum(y.sum() * k for k, y in enumerate(each(double, [x, other]), 1)).backward()
assert x.grad.tolist() == [2, 2] and other.grad.tolist() == [4, 4], "gradients"
same = torch.ones(2)
each(grow, [same, same])
assert same.tolist() == [3, 3], "a change in place"
torch.manual_seed(3)
draws = each(draw, xs)
torch.manual_seed(3)
assert not torch.equal(*draws[:2]), "numbers are drawn anew"
assert all(map(torch.equal, draws, each(draw, xs))), "a seed holds for a row of calls"
try:
    each(m, [xs[0], torch.ones(4)])
except RuntimeError as error:
    assert "size" in str(error) or "shape" in str(error), error
else:
    raise AssertionError("an error is passed on")
torch.manual_seed(3)
made = Model(3)(xs[0])
torch.manual_seed(3)
assert torch.equal(each(Model, xs, new=[3])[0], made), "a new model"
torch.manual_seed(3)
assert torch.equal(each(asleep, xs, new=[3])[0], made), "it trains"
"""

CLEARING = """
earlier = []
def grow(x):
    if earlier:
        earlier.pop().zero_()
    earlier.append(x)
"""
# A tensor may lie where one lay that is gone: it is not as old as that one.
CLEARED = """
held = []
for _ in range(100):
    old = torch.ones(2)
    place = id(old)
    draw(old)
    between = [torch.ones(2) for _ in range(7)]
    for x in between:
        draw(x)
    del old
    first = torch.ones(2)
    if id(first) == place:
        break
    held.append(first)
assert id(first) == place, "another place"
grow(first)
grow(torch.ones(2))
assert first.tolist() == [0, 0], "not seen"
"""


LAZY = """
import torch
from torch import nn
class Model(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = nn.LazyLinear(2)
    def forward(self, x):
        return self.a(x)
"""
FINISHED_LATER = """
for m, dtype in ((Model(), torch.float32), (Model().double(), torch.float64)):
    assert all(not p.numel() for p in m.parameters()), "finished"
    x = torch.ones(1, 3, dtype=dtype)
    out, (weight, bias) = m(x), m.parameters()
    assert weight.shape == (2, 3) and weight.dtype == dtype, "weight"
    assert torch.allclose(out, x @ weight.t() + bias), "result"
    out.sum().backward()
    assert torch.equal(weight.grad, torch.ones_like(weight)), "gradient"
"""

VALUES = """
import numpy as np
def mean(xs):
    return np.float32(np.mean(xs))
def flatten(xs):
    xs.shape = -1
def even(n):
    return np.bool_(n % 2 == 0)
def names(words):
    return {word.lower() for word in words}
def table(n):
    return np.arange(n * n).reshape(n, n)
def count(words, into):
    for word in words:
        into[word] = into.get(word, 0) + 1
    return into
def clear(xs, seen):
    xs[:] = 0
    seen.discard(3)
"""
COMPARED = """
import numpy as np
assert mean([1, 2, 3]) == 2 and even(2) and not even(3), "numbers"
assert names(["A", "a", "b"]) == {"a", "b"} and not names([]), "a set"
assert (table(3) == np.arange(9).reshape(3, 3)).all() and table(2).sum() == 6, "an array"
held = {}
assert count(["a", "b", "a"], into=held) == {"a": 2, "b": 1}, "a dictionary"
assert held == {"a": 2, "b": 1}, "a dictionary that was changed"
flatten(table(2))
xs, seen = np.ones(3), {3, 4}
clear(xs, seen=seen)
assert xs.sum() == 0 and seen == {4}, "an array and a set that were changed"
"""


@pytest.fixture(scope="module")
def assignment(tmp_path_factory: pytest.TempPathFactory) -> Assignment:
    return make(tmp_path_factory.mktemp("course"), TESTS)


def make(folder: Path, tests: dict[str, str], solution: str = MODEL) -> Assignment:
    (folder / "solutions").mkdir()
    text = cell("imports", "import torch\nfrom torch import nn")
    text += cell("model", solution, solution=True)
    text += "".join(cell(id, source, points=2) for id, source in tests.items())
    (folder / "solutions" / "toy.py").write_text(text)
    return load("toy", folder)


@pytest.fixture(scope="module")
def sandbox() -> bool:
    return needs.sandbox()


@pytest.fixture(scope="module")
def pool(sandbox: bool) -> Iterator[Pool]:
    limits = Limits(cell_cpu=4, test_cpu=2, blocked=2)
    with Pool(workers=2, sandbox=sandbox, limits=limits, preload=["torch._dynamo"]) as pool:
        pool.wait()
        yield pool


@pytest.mark.needs("bubblewrap")
@pytest.mark.parametrize("place", [Path(sys.prefix) / "course", Path("/usr/src/course")])
def test_what_students_code_could_read_is_refused(place: Path) -> None:
    with pytest.raises(SandboxError, match=f"{place}. Move"):
        Pool(private=[place])


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"grade_id": "model"}, "two cells have the grade_id 'model'"),
        ({"points": "x"}, "has 'x' points"),
        ({"points": -5}, "has -5 points"),
        ({"points": float("nan")}, "has nan points"),
    ],
)
def test_an_instructors_slip_is_named(change: dict[str, object], named: str) -> None:
    metas: list[dict[str, object]] = [
        {"grade_id": "model", "solution": True},
        {"grade_id": "test", "grade": True, "points": 2, **change},
    ]
    cells = [{"cell_type": "code", "source": "", "metadata": {"nbgrader": m}} for m in metas]
    with pytest.raises(UnknownAssignment, match=named):
        read_cells(cells)


def grade(pool: Pool, assignment: Assignment, code: str) -> Result:
    ((_, result),) = pool.grade([(None, assignment, from_code(assignment, code))])
    return result


def messages(result: Result) -> dict[str, str]:
    """What was not found to hold; "partial" gives a part of its points whatever it is handed."""
    (partial,) = [test.message for test in result.tests if test.grade_id == "partial"] or [PART]
    assert partial == PART
    return {test.grade_id: test.message for test in result.tests if test.message not in ("", PART)}


def test_right_work_gets_every_point(pool: Pool, assignment: Assignment) -> None:
    result = grade(pool, assignment, MODEL)
    assert messages(result) == {}
    assert [test.score for test in result.tests] == [2, 2, 2, 2, 2, 2, 2, 2, 2, 0.5]


def test_a_check_can_measure_a_call_there(pool: Pool, tmp_path: Path) -> None:
    assert messages(grade(pool, make(tmp_path, {"measured": MEASURED}), MODEL)) == {}


def test_a_check_can_ask_for_many_calls_at_once(pool: Pool, tmp_path: Path) -> None:
    course = make(tmp_path, {"each": EACH})
    here: dict[str, object] = {}
    exec(f"import torch\nfrom torch import nn\n{MODEL}{EACH}", here)
    assert messages(grade(pool, course, MODEL)) == {}


@pytest.mark.parametrize(
    "lie",
    [
        "['l']",
        "['l', 1]",
        "['T', 1, 1, 1]",
        "7",
        "reply.tree.update(lists=[[0, ['l']]]) or ['l']",
    ],
)
def test_a_row_of_calls_has_as_many_results(pool: Pool, tmp_path: Path, lie: str) -> None:
    broken = f"""{MODEL}
import lmgrade.worker as w
honest = w.Worker.do_call
def do_call(self, tree, request, reply):
    return {lie} if tree.get("each") else honest(self, tree, request, reply)
w.Worker.do_call = do_call
"""
    found = messages(grade(pool, make(tmp_path, {"each": EACH}), broken))
    assert "broke the protocol" in found["each"]


def test_a_change_to_the_argument_of_the_call_before_is_seen(pool: Pool, tmp_path: Path) -> None:
    course = make(tmp_path, {"cleared": CLEARED})
    assert messages(grade(pool, course, MODEL + CLEARING)) == {}


def test_parameters_may_come_with_the_first_call(pool: Pool, tmp_path: Path) -> None:
    assert messages(grade(pool, make(tmp_path, {"lazy": FINISHED_LATER}), LAZY)) == {}


@pytest.mark.parametrize(
    ("old", "new", "lost"),
    [
        ("self.b.weight = self.a.weight", "pass", {"tied"}),
        ("if self.training else x", "", {"mode"}),
        ("self.b(h)", "self.b(h).detach()", {"learns", "gradient"}),
        ("x * 2", "x.mul_(2)", {"double"}),
        ("x * 2", "x.data.mul_(2)", {"double", "in_place"}),
        ("words = [", "words[:] = [", {"list"}),
        (
            "for i in range(n):\n        yield torch.full((2,), i)",
            "t = torch.zeros(2)\n    for i in range(n):\n        t.fill_(i)\n        yield t",
            {"batches"},
        ),
        ("return x * 2", "raise NotImplementedError", {"double", "in_place"}),
        ("def double", "def other", {"double", "in_place"}),
    ],
)
def test_each_slip_costs_what_it_touches(
    pool: Pool, assignment: Assignment, old: str, new: str, lost: set[str]
) -> None:
    assert old in MODEL
    assert set(messages(grade(pool, assignment, MODEL.replace(old, new)))) == lost


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("import os\n    os._exit(0)", "ended the process"),
        ("import ctypes\n    ctypes.string_at(0)", "ended the process"),
        ("while True: pass", "s of computing time"),
        ("import time\n    time.sleep(10000)", "waited"),
        ("while input() != 'go':\n        pass", "nobody is there"),
        ("return double(x)", "recursion"),
    ],
)
def test_a_crash_or_a_loop_costs_only_its_own_test(
    pool: Pool, assignment: Assignment, body: str, reason: str
) -> None:
    found = messages(grade(pool, assignment, MODEL.replace("return x * 2", body)))
    assert set(found) == {"double", "in_place"}
    assert reason in found["double"]


def test_a_loop_at_the_end_of_a_cell_spares_what_was_defined(
    pool: Pool, assignment: Assignment
) -> None:
    result = grade(pool, assignment, MODEL + "\nwhile True:\n    pass")
    assert messages(result) == {}
    assert any("computing time" in flag for flag in result.flags)


def test_grading_in_the_background_spares_it_as_well(sandbox: bool, assignment: Assignment) -> None:
    """A shell lets what it starts with `&` ignore interrupts, and children inherit that."""
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        with Pool(workers=1, sandbox=sandbox, limits=Limits(cell_cpu=1, blocked=1)) as pool:
            result = grade(pool, assignment, MODEL + "\nwhile True:\n    pass")
    finally:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
        signal.signal(signal.SIGINT, before)
    assert messages(result) == {}
    assert any("computing time" in flag for flag in result.flags)


def test_a_cell_that_waits_for_ever_leaves_time_for_the_rest(
    sandbox: bool, assignment: Assignment
) -> None:
    """Its naps are too short to be told from work, and each is an end of the one before."""
    with Pool(workers=1, sandbox=sandbox, limits=Limits(blocked=60, waits=3)) as pool:
        code = MODEL + "\nimport time\nwhile True:\n    time.sleep(0.001)"
        result = grade(pool, assignment, code)
    assert messages(result) == {}
    assert any("waited for" in flag for flag in result.flags)


def test_a_test_pays_only_for_what_is_computed_for_it(pool: Pool, assignment: Assignment) -> None:
    """A process that the student's cell started, and that lives on, has computed before."""
    started = """
import os, time
done, says_so = os.pipe()
if not os.fork():
    while time.process_time() < 2.5:
        pass
    os.write(says_so, b"x")
    time.sleep(1000)
os.read(done, 1)
"""
    code = MODEL.replace("return x * 2", "time.sleep(0.6)\n    return x * 2") + started
    assert messages(grade(pool, assignment, code)) == {}


def test_memory_of_idle_children_is_seen(sandbox: bool, tmp_path: Path) -> None:
    """Although every answer comes at once, so that nobody has to look what keeps the worker."""
    test = "import time\nfor _ in range(60):\n    double(1)\n    time.sleep(0.05)"
    code = """
import os, time
for _ in range(4):
    if not os.fork():
        held = bytearray(b"x") * (700 << 20)
        time.sleep(1000)
def double(x):
    return x * 2
"""
    with Pool(workers=1, sandbox=sandbox, limits=Limits(memory=1 << 30)) as pool:
        result = grade(pool, make(tmp_path, {"often": test}), code)
    assert any("1024 MB of memory" in flag for flag in result.flags)


def test_values_of_python_and_numpy_are_what_they_are(pool: Pool, tmp_path: Path) -> None:
    assignment = make(tmp_path, {"values": COMPARED}, VALUES)
    assert messages(grade(pool, assignment, VALUES)) == {}


NOT_AS_IT_IS = """
import collections
count(["a"], into={})
count(["a"], into=collections.OrderedDict())
count(["a"], into=collections.Counter())
"""


def test_what_would_lose_its_kind_is_not_passed_on(pool: Pool, tmp_path: Path) -> None:
    """The instructor's own solution shows it."""
    assignment = make(tmp_path, {"counter": NOT_AS_IT_IS}, VALUES)
    said = messages(grade(pool, assignment, VALUES))["counter"]
    assert "a Counter cannot be passed to a student's code" in said


def test_two_objects_are_not_compared_in_silence(pool: Pool, tmp_path: Path) -> None:
    code = "class Point:\n    pass"
    assignment = make(tmp_path, {"same": "assert Point() != Point()"}, code)
    found = messages(grade(pool, assignment, code))
    assert "compare their attributes" in found["same"]


def test_memory_that_runs_out_ends_a_worker_first(pool: Pool, assignment: Assignment) -> None:
    """The kernel's choice falls on the process with the highest number."""
    before = {path.parent for path in Path("/proc").glob("[0-9]*/oom_score_adj")}
    code = MODEL + "\nimport time\ntime.sleep(1)"
    with ThreadPoolExecutor() as threads:
        result = threads.submit(grade, pool, assignment, code)
        most = set()
        while not result.done():
            for process in set(Path("/proc").glob("[0-9]*")) - before:
                with contextlib.suppress(OSError):
                    most.add(int((process / "oom_score_adj").read_text()))
    assert messages(result.result()) == {}
    assert max(most) == 1000


@pytest.mark.parametrize(
    ("value", "name"),
    [
        ("torch.ones(1).numpy()", "ndarray"),
        ("torch.ones(1).numpy()[0]", "float32"),
        ("{1}", "set"),
        ("range(3)", "range"),
        ("object()", "object"),
        ("double", "function"),
    ],
)
def test_a_message_names_what_the_student_returned(
    pool: Pool, tmp_path: Path, value: str, name: str
) -> None:
    test = {"kind": "found = type(double(0)).__name__\nassert found == 'int', found"}
    code = f"import torch\ndef double(x):\n    return {value}"
    assert messages(grade(pool, make(tmp_path, test), code)) == {"kind": name}


@pytest.mark.parametrize(
    "code",
    [
        "import torch\ntorch.allclose = torch.equal = lambda *a, **k: True\n",
        "import builtins\nbuiltins.AssertionError = Exception\n",
        "import os\nos.write(3, bytes(64))\n",
        "class Yes:\n    def __getattr__(self, n): return self\n"
        "    def __call__(self, *a, **k): return self\n    def __eq__(self, o): return True\n"
        "Model = double = batches = Yes()\n",
        "import lmgrade.worker as w\nw.Worker.answer = lambda *a: b'\\0' * 12\n",
        "import lmgrade.wire as w\nw.pack = lambda *a: w.HEADER.pack(2**31, 2**62)\n",
        "import lmgrade.worker as w\n"
        "w.Worker.do_call = lambda *a: ['m', -1]\nw.Worker.do_names = lambda *a: ['l', 7]\n",
    ],
)
def test_forgeries_earn_nothing(pool: Pool, assignment: Assignment, code: str) -> None:
    result = grade(pool, assignment, code)
    scores = {test.grade_id: test.score for test in result.tests if test.grade_id != "partial"}
    assert set(scores.values()) == {0.0}


def test_noise_costs_nothing(pool: Pool, assignment: Assignment) -> None:
    noise = "%matplotlib inline\nimport warnings\nwarnings.warn('w')\nprint('x' * 10**6)\n"
    noise += "torch.manual_seed(0)\n"
    result = grade(pool, assignment, MODEL.replace("class Model", noise + "class Model"))
    assert messages(result) == {}
    noisy = grade(pool, assignment, MODEL.replace("x * 2", "print('hi') or x * 2"))
    assert messages(noisy) == {}


SPY = """
import os, socket
def double(x):
    seen = [p for p in ("/etc/passwd", "/proc/self", "/root/.ssh", {repo!r}) if os.path.exists(p)]
    assert not seen, seen
    assert set(os.environ) & {{"HOME", "SECRET_OF_THE_INSTRUCTOR"}} == {{"HOME"}}
    assert os.getuid() != 0
    for fd in range(4, 200):
        try:
            os.fstat(fd)
        except OSError:
            continue
        raise AssertionError(fd)
    try:
        socket.create_connection(("1.1.1.1", 80), 1)
    except OSError:
        pass
    else:
        raise AssertionError("network")
    try:
        open("/code/lmgrade/engine.py", "w")
    except OSError:
        pass
    else:
        raise AssertionError("writable")
    return x * 2
"""


@pytest.mark.needs("bubblewrap")
def test_the_sandbox_shows_nothing(pool: Pool, assignment: Assignment) -> None:
    spy = SPY.format(repo=str(Path(__file__).resolve().parents[1] / "solutions"))
    assert messages(grade(pool, assignment, MODEL + spy)) == {}


@pytest.mark.needs("bubblewrap")
def test_a_submission_leaves_nothing_to_the_next(pool: Pool, assignment: Assignment) -> None:
    write = "\nopen('left', 'w').write('x')\nimport os\nos.fork()\n"
    grade(pool, assignment, MODEL + write)
    read = "\nimport os\ndef double(x):\n    return x * 2 if not os.listdir('.') else x\n"
    assert messages(grade(pool, assignment, MODEL + read)) == {}


LITTER = """
import os
import sys
def litter():
    places = [folder for folder, _, _ in os.walk("/") if not folder.startswith(sys.base_prefix)]
    for place in places:
        try:
            open(f"{place}/left", "x").close()
        except OSError:
            pass
    return sorted(place for place in places if os.path.exists(f"{place}/left"))
places = litter()
def double(x):
    return x * 2 if places == ["/dev/shm", "/submission"] and os.getpid() == 1 else x
"""


@pytest.mark.needs("bubblewrap")
@pytest.mark.parametrize("user", ["root", "somebody"])
def test_only_two_folders_can_be_written_and_both_are_new(
    user: str, assignment: Assignment, monkeypatch: pytest.MonkeyPatch
) -> None:
    if os.geteuid() != 0:
        pytest.skip("this needs both kinds of user")
    if user != "root":  # then a namespace of users is made as well
        monkeypatch.setattr(os, "geteuid", lambda: 1000)
    with Pool(workers=1) as pool:
        for _ in range(2):
            assert messages(grade(pool, assignment, MODEL + LITTER)) == {}


IN_TMP = """
import os
open("/tmp/note", "w").write("x")
def double(x):
    return x * 2 if os.listdir(".") == ["note"] else x
"""


@pytest.mark.needs("bubblewrap")
def test_a_file_in_tmp_goes_to_the_submissions_own_folder(assignment: Assignment) -> None:
    with Pool(workers=1) as pool:
        found = messages(grade(pool, assignment, MODEL + IN_TMP))
    if sys.prefix.startswith("/tmp/"):  # then it holds Python, and nobody may write to it
        assert "Read-only file system" in str(found)
    else:
        assert found == {}


def test_a_failed_cell_is_named_where_it_would_have_defined_a_name(
    pool: Pool, assignment: Assignment
) -> None:
    texts = list(messages(grade(pool, assignment, MODEL + "\nlambda = 3")).values())
    assert len(texts) == 9
    assert all("SyntaxError" in text for text in texts)


def test_another_cell_that_failed_is_not_to_blame(pool: Pool, assignment: Assignment) -> None:
    texts = list(messages(grade(pool, assignment, "import seaborn_of_tomorrow")).values())
    assert texts
    assert not any("seaborn" in text for text in texts), texts


UNFINISHED = """
class Unfinished(nn.Module):
    def __init__(self):
        pass
unfinished = Unfinished()
"""


def test_a_module_that_is_none_yet_costs_nothing_elsewhere(pool: Pool, tmp_path: Path) -> None:
    tests = {"unfinished": "Unfinished()(torch.ones(1))", "finished": "Model(3)(torch.ones(2, 3))"}
    found = messages(grade(pool, make(tmp_path, tests), MODEL + UNFINISHED))
    assert set(found) == {"unfinished"}


COMPILED = """
class Scripted(torch.jit.ScriptModule):
    def __init__(self):
        super().__init__()
        self.layer = nn.Linear(3, 2)
    @torch.jit.script_method
    def forward(self, x):
        return self.layer(x)
def Traced():
    return torch.jit.trace(nn.Linear(3, 2), torch.ones(1, 3))
def Compiled():
    layer = nn.Linear(3, 2)
    layer.compile()
    return layer
class Method(nn.Linear):
    def __init__(self):
        super().__init__(3, 2)
    @torch.compile
    def forward(self, x):
        return super().forward(x)
"""


@pytest.mark.parametrize("name", ["Scripted", "Traced", "Compiled", "Method"])
def test_compiled_modules_have_their_parameters_and_run(
    pool: Pool, tmp_path: Path, name: str
) -> None:
    test = "m, x = Model(), torch.ones(4, 3)\nweight, bias = m.parameters()\n"
    test += "assert torch.allclose(m(x), x @ weight.t() + bias), 'result'"
    code = f"import torch\nfrom torch import nn\n{COMPILED}\nModel = {name}"
    assert messages(grade(pool, make(tmp_path, {"compiled": test}), code)) == {}


def test_what_depends_on_unregistered_weights_has_a_history(pool: Pool, tmp_path: Path) -> None:
    code = "class Model:\n    def __init__(self):\n        self.layers = [nn.Linear(3, 2)]\n"
    code += "    def __call__(self, x):\n        return self.layers[0](x)"
    test = "y = Model()(torch.ones(4, 3))\ny.sum().backward()\nassert y.requires_grad"
    assert messages(grade(pool, make(tmp_path, {"history": test}, code), code)) == {}


def test_data_that_calls_have_changed_is_seen_by_the_next_test(pool: Pool, tmp_path: Path) -> None:
    code = "seen = []\nclass Count:\n    def __len__(self):\n        return len(seen)\n"
    code += "    def __iter__(self):\n        return iter(seen)\n"
    code += "count = Count()\ndef note(x):\n    seen.append(x)"
    tests = {
        "first": "note(3)\nnote(4)",
        "list": "assert seen == [3, 4], seen",
        "length": "assert len(count) == 2, len(count)",
    }
    assert messages(grade(pool, make(tmp_path, tests, code), code)) == {}


AS_AT_HOME = """
import getpass, os, sys
sys.stdout.reconfigure(encoding="utf-8")
print(os.environ["USER"], getpass.getuser(), os.path.dirname(os.path.abspath(__file__)))
"""
ONLY_AT_HOME = [
    "from itertools import of_another_python",
    "import os, pwd; print(pwd.getpwuid(os.getuid()))",
    "import locale; locale.setlocale(locale.LC_ALL, 'tlh_KL.UTF-8')",
]


def test_a_file_knows_its_name_its_user_and_its_output(pool: Pool, assignment: Assignment) -> None:
    result = grade(pool, assignment, AS_AT_HOME + MODEL)
    assert (messages(result), result.flags) == ({}, [])


@pytest.mark.needs("bubblewrap")
@pytest.mark.parametrize("line", ONLY_AT_HOME)
def test_a_person_is_told_of_what_may_run_at_home(
    pool: Pool, assignment: Assignment, line: str
) -> None:
    assert len(grade(pool, assignment, f"{line}\n{MODEL}").flags) == 1


def test_a_person_is_told_of_syntax_that_this_python_does_not_know(
    pool: Pool, assignment: Assignment
) -> None:
    (flag,) = grade(pool, assignment, f"{MODEL}\nprint(1 2)").flags
    assert re.search(r"SyntaxError: .* for Python \d", flag)


ENDLESS_FLAGS = """
import lmgrade.cell
lmgrade.cell.failure = lambda error: {"types": [], "message": "", "text": "OSError: " + "x" * 10**6}
raise OSError
"""


def test_a_flag_is_short_whatever_the_worker_says(pool: Pool, assignment: Assignment) -> None:
    (flag,) = grade(pool, assignment, MODEL + ENDLESS_FLAGS).flags
    assert "OSError: xxx" in flag
    assert len(flag) < 3000


def test_a_submission_has_few_flags_and_little_output(pool: Pool, assignment: Assignment) -> None:
    code = "print('y' * 9000)\nraise OSError({})"
    submission = from_code(assignment, MODEL)
    submission.steps[:0] = [Step(f"trial {n}", code.format(n)) for n in range(500)]
    ((_, result),) = pool.grade([(None, assignment, submission)])
    assert len(result.flags) <= 21
    assert result.flags[-1].endswith("more reasons")
    assert sum(len(output or "") for output, _ in result.outputs.values()) <= 1_000_000


COUNTED = """
from lmlib.checks.remote import calls_of, graph_size
m = Model(3)
result, names = calls_of(m, torch.ones(2, 3))
assert "tanh" in names and graph_size(result) > 3
"""


CLAIM = """
import contextlib, types
w._meter = lambda name: contextlib.nullcontext(types.SimpleNamespace(found=claim))
claim = """


@pytest.mark.parametrize(
    "lie",
    [
        "w.Worker.do_nodes = lambda *a: -1",
        "w.Worker.do_nodes = lambda *a: 0",
        f"{CLAIM}(-1)",
        f"{CLAIM}([2])",
        f"{CLAIM}({{'mm': 2}})",
    ],
)
def test_impossible_claims_end_the_worker(pool: Pool, lie: str, assignment: Assignment) -> None:
    counted = Assignment("toy", (*assignment.cells[:2], Cell("counted", "test", COUNTED, 2.0)))
    assert messages(grade(pool, counted, MODEL)) == {}
    found = messages(grade(pool, counted, f"{MODEL}\nimport lmgrade.worker as w\n{lie}"))
    assert "broke the protocol" in found["counted"]
