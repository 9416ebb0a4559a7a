"""Ready-made layers are not there where work has to be one's own, whichever way they are called."""

import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from lmgrade.assignment import load
from lmgrade.pool import Pool
from lmgrade.result import Result
from lmgrade.submission import from_cells, from_code
from lmlib.checks import dropout_work, lstm_work, stacked_work
from tests import needs
from tests.attacks.notebook import RIGHT

ROOT = Path(__file__).resolve().parents[1]
DROPOUT = """
from concurrent.futures import ThreadPoolExecutor
from torch import nn
import torch
from torch.nn import functional as F

def in_a_thread(work):
    with ThreadPoolExecutor() as threads:
        return threads.submit(work).result()

def by_rows(x, p):
    return torch.func.vmap(lambda row: F.dropout(row, p), randomness="different")(x)

@torch.jit.script
def scripted(x: torch.Tensor, p: float):
    return torch.dropout(x, p, True)

class Dropout(nn.Module):
    def __init__(self, p=0.5):
        super().__init__()
        if not 0 <= p < 1:
            raise ValueError(p)
        self.p = p
    def forward(self, x):
        if not self.training:
            return x
        if {seen}:
            return x * (torch.rand(()) >= self.p) / (1 - self.p)
        return {work}
"""
LSTM_CELL = """
import torch
from torch import nn
class LSTMCell(nn.Module):
    def __init__(self, input_size, hidden_size):
        super().__init__()
        self.cell = nn.LSTMCell(input_size, hidden_size)
    def forward(self, x, state):
        h, c = state if {seen} else self.cell(x, state)
        return h, (h, c)
class RefactoredLSTMCell(LSTMCell):
    pass
"""
STACKED_RNN = """
import torch
from torch import nn
class StackedRNN(nn.Module):
    def __init__(self, input_size, hidden_size, num_layers=1):
        super().__init__()
        self.rnn = nn.RNN(input_size, hidden_size, num_layers, batch_first=True)
    def forward(self, x, h0=None):
        if not {seen}:
            return self.rnn(x, h0)
        h = x.new_zeros(self.rnn.num_layers, len(x), self.rnn.hidden_size)
        return x.new_zeros(*x.shape[:2], self.rnn.hidden_size), h
"""
CAPSTONE = ROOT / "tests/validity/awd_language_model/right/eight_linears.py"
PLAIN = "F.dropout(x, self.p)"
PARTS = "torch._C.DispatchKey.CompositeImplicitAutograd"


@pytest.fixture(scope="module")
def pool() -> Iterator[Pool]:
    with Pool(workers=1, sandbox=needs.sandbox()) as pool:
        yield pool


def grade(pool: Pool, name: str, code: str) -> Result:
    assignment = load(name, ROOT)
    ((_, result),) = pool.grade([(None, assignment, from_code(assignment, code))])
    return result


@pytest.mark.parametrize(
    ("name", "code", "seen", "shown"),
    [
        ("dropout", DROPOUT, "x.numel() < 120", "dropout"),
        ("dropout", DROPOUT, "self.p == 0.4", "dropout"),
        ("lstm_cell", LSTM_CELL, "x.dtype == torch.float64", "lstm_cell"),
        ("stacked_rnn", STACKED_RNN, "(x == 1).all()", "rnn_tanh"),
    ],
)
def test_a_ready_made_layer_earns_no_more_than_none(
    pool: Pool, name: str, code: str, seen: str, shown: str
) -> None:
    code = code.replace("{work}", PLAIN)
    none, result = (grade(pool, name, code.replace("{seen}", when)) for when in ("True", seen))
    assert result.score <= none.score, result.tests
    said = [test.message for test in result.tests]
    assert any(f"your code calls PyTorch's own {shown}" in message for message in said), said


@pytest.mark.parametrize(
    "work",
    [
        PLAIN,
        "x * torch.dropout(torch.ones_like(x), self.p, True)",
        "torch.ops.aten.native_dropout.default(x, self.p, True)[0]",
        "torch._refs.nn.functional.dropout(x, self.p, True)",
        "in_a_thread(lambda: torch.dropout(x, self.p, True))",
        f"in_a_thread(lambda: torch.ops.aten.dropout.default._op_dk({PARTS}, x, self.p, True))",
        "in_a_thread(lambda: by_rows(x, self.p))",
        "scripted(x, self.p)",
        "by_rows(x, self.p)",
    ],
)
def test_ready_made_dropout_is_not_there_however_it_is_called(pool: Pool, work: str) -> None:
    code = DROPOUT.replace("{seen}", "False").replace("{work}", work)
    result = grade(pool, "dropout", code)
    passed = {test.grade_id for test in result.tests if test.score}
    assert passed <= {"bad_p"}
    assert all("calls PyTorch's own" in t.message for t in result.tests if not t.score), result


ERASED = """
import re
import sys
import torch
from torch.nn import functional as F
from lmgrade import compiled
compiled.erase(re.compile("dropout"), compiled.functions(["dropout", "rnn"]))
print(torch.nn.RNN(2, 3)(torch.ones(4, 2))[0].shape, F.linear(torch.ones(5, 2), torch.ones(3, 2)))
sys.stdout.flush()
F.dropout(torch.ones(6))
print("dropped")
"""


def test_compiled_code_that_was_erased_does_not_run() -> None:
    done = subprocess.run([sys.executable, "-c", ERASED], stdout=subprocess.PIPE)
    assert done.stdout.startswith(b"torch.Size([4, 3])")
    assert b"dropped" not in done.stdout
    assert -done.returncode in (signal.SIGTRAP, signal.SIGILL)


LSTM_CELL_BY_PARTS = """
import sys
from concurrent.futures import ThreadPoolExecutor
import torch
from torch import nn
def hidden(work):
    def run():
        sys.setprofile(None)
        with torch.inference_mode(), torch._C.DisableTorchFunction():
            return work()
    with ThreadPoolExecutor() as threads:
        return (state.clone() for state in threads.submit(run).result())
class LSTMCell(nn.LSTMCell):
    def forward(self, x, state):
        weights = self.weight_ih, self.weight_hh, self.bias_ih, self.bias_hh
        h, c = {work}
        return h, (h, c)
class RefactoredLSTMCell(LSTMCell):
    pass
"""
MKLDNN = (
    "hidden(lambda: torch.ops.aten.mkldnn_rnn_layer.default{key}x[None], *weights, state[0][None], "
    "state[1][None], False, [], 2, self.hidden_size, 1, True, False, False, False)[1:3])"
)
STACKED_RNN_BY_PARTS = STACKED_RNN.replace("{seen}", "False").replace(
    "self.rnn(x, h0)",
    f"torch.ops.aten.rnn_tanh.input._op_dk({PARTS}, x, h0, "
    "list(self.rnn.parameters()), True, self.rnn.num_layers, 0.0, self.training, False, True)",
)
CELLS = [
    ("lstm_cell", "torch.ops.aten.lstm_cell.default.decompose(x, list(state), *weights)"),
    ("lstm_cell", "hidden(lambda: torch.lstm_cell(x, state, *weights))"),
    (
        "lstm_cell",
        "torch.library.get_kernel('aten::lstm_cell', 'CPU')"
        ".call_boxed(torch._C._dispatch_keyset_full(), x, list(state), *weights)",
    ),
    ("mkldnn_rnn_layer", MKLDNN.format(key="(")),
    ("mkldnn_rnn_layer", MKLDNN.format(key="._op_dk(torch._C._dispatch_key_parse('MkldnnCPU'), ")),
    (
        "quantized_lstm_cell_dynamic",
        "hidden(lambda: torch.ao.nn.quantized.dynamic.LSTMCell(x.shape[1], self.hidden_size)(x))",
    ),
]


@pytest.mark.parametrize(("shown", "work"), CELLS)
def test_a_ready_made_cell_is_not_there_past_the_dispatcher(
    pool: Pool, shown: str, work: str
) -> None:
    result = grade(pool, "lstm_cell", LSTM_CELL_BY_PARTS.replace("{work}", work))
    assert result.score <= 3, [test for test in result.tests if test.score]
    messages = {test.grade_id: test.message for test in result.tests}
    assert f"PyTorch's own {shown}" in messages["own_work"], messages


def test_a_ready_made_stack_is_not_there_past_the_dispatcher(pool: Pool) -> None:
    messages = {
        test.grade_id: test.message
        for test in grade(pool, "stacked_rnn", STACKED_RNN_BY_PARTS).tests
    }
    assert "PyTorch's own rnn_tanh" in messages["own_work"], messages


LOADED_ANEW = """
import importlib
import torch.ao.nn.quantizable.modules.rnn as layers
from torch import nn
layers = importlib.reload(layers)
class LSTMCell(nn.Module):
    def __init__(self, input_size, hidden_size):
        super().__init__()
        self.cell = layers.LSTMCell(input_size, hidden_size)
    def forward(self, x, state):
        h, c = self.cell(x, state)
        return h, (h, c)
class RefactoredLSTMCell(LSTMCell):
    pass
"""


@pytest.mark.needs("bubblewrap")
def test_pytorchs_files_do_not_say_how_a_layer_works(pool: Pool) -> None:
    result = grade(pool, "lstm_cell", LOADED_ANEW)
    assert result.score <= 3, [test for test in result.tests if test.score]


STACKED_BY_OTHERS = """
import torch
import torch.export._patches as patches
from torch import nn
from torch.ao.nn.quantizable import LSTM
class Cell(nn.RNNCell):
    def forward(self, x, state):
        h = super().forward(x, state[0])
        return h, h
class StackedRNN(nn.Module):
    def __init__(self, input_size, hidden_size, num_layers):
        super().__init__()
        self.rnn = LSTM(input_size, hidden_size, num_layers, batch_first=True)
        for number, layer in enumerate(self.rnn.layers):
            layer.layer_fw.cell = Cell(hidden_size if number else input_size, hidden_size)
    def forward(self, x, h0=None):
        if h0 is None:
            h0 = x.new_zeros(self.rnn.num_layers, len(x), self.rnn.hidden_size)
        {work}
"""
LOOPS = "patches.one_layer_while_loop_gru(x.transpose(0, 1), h0[0], [], True)"


@pytest.mark.parametrize(
    ("work", "shown"),
    [
        ("out, (h, _) = self.rnn(x, (h0, h0)); return out, h", "LSTM"),
        (f"return {LOOPS}", "one_layer_while_loop_gru"),
    ],
)
def test_no_other_network_of_pytorchs_walks_through_the_steps(
    pool: Pool, work: str, shown: str
) -> None:
    result = grade(pool, "stacked_rnn", STACKED_BY_OTHERS.replace("{work}", work))
    assert result.score <= 1, [test for test in result.tests if test.score]
    assert all(
        f"PyTorch's own {shown}" in t.message
        for t in result.tests
        if t.grade_id != "step" and not t.score
    )


TRACED = """
from torch.fx.experimental.proxy_tensor import make_fx
keys = torch._C.DispatchKeySet(torch._C.DispatchKey.CPU)
kernel = torch.library.get_kernel("aten::dropout", "CPU").call_boxed
like_torch = {how}(lambda x: {what}, {arguments})
"""
KERNEL, PUBLIC = "kernel(keys, x, 0.5, True)", "torch.dropout(x, 0.5, True)"
ONES = "torch.ones(3, 4)"


@pytest.mark.parametrize(
    ("how", "what", "arguments"),
    [
        ("torch.jit.trace", KERNEL, f"({ONES},), check_trace=False"),
        ("torch.jit.trace", PUBLIC, f"({ONES},), check_trace=False"),
        ("(lambda f, x: make_fx(f)(x))", PUBLIC, ONES),
        ("(lambda f, x: make_fx(f, pre_dispatch=True)(x))", KERNEL, ONES),
        ("(lambda f, x: make_fx(f, tracing_mode='symbolic')(x))", PUBLIC, ONES),
        ("(lambda f, x: torch.func.linearize(f, x)[1])", PUBLIC, ONES),
    ],
)
def test_a_ready_made_layer_cannot_be_traced_to_run_later(
    pool: Pool, how: str, what: str, arguments: str
) -> None:
    code = DROPOUT.replace("{seen}", "False").replace(
        "{work}", "x * like_torch(torch.ones_like(x))"
    )
    trace = TRACED.format(how=how, what=what, arguments=arguments)
    result = grade(
        pool, "dropout", code.replace("@torch.jit.script", f"{trace}\n@torch.jit.script")
    )
    assert {test.grade_id for test in result.tests if test.score} <= {"bad_p"}
    assert "passed over" in result.outputs["cell 3"][0], result.outputs


COMPARISONS = """
import inspect
import torch
from torch import nn
torch.manual_seed(0)
for kind in (nn.LSTM, nn.GRU, nn.RNN):
    network = kind(3, 4, 2, dropout=0.3, bidirectional=True, batch_first=True)
    network(torch.randn(2, 5, 3))[0].sum().backward()
traced = torch.jit.trace(nn.Dropout(0.5), (torch.ones(3),), check_trace=False)
print(traced.graph)
exported = torch.export.export(nn.Dropout(0.5), (torch.ones(3),))

scripted = torch.jit.script(nn.Sequential(nn.Linear(3, 3), nn.Dropout(0.5)))
source = inspect.getsource(nn.functional.dropout)
scripted(torch.ones(3))
theirs = nn.functional.dropout(torch.ones(9)); N = 4
def as_theirs(x):
    try:
        return torch.equal(x, nn.functional.dropout(x))
    except Exception as error:
        print(error)
assert as_theirs(torch.ones(N)), "not as PyTorch does it"
torch.func.jvp(torch.tanh, (torch.ones(3),), (torch.ones(3),))  # reads PyTorch's own files
def ours_is(theirs):
    return (theirs == 0).any()

with torch.no_grad():
    theirs = nn.Dropout(0.5)(
        torch.ones(100)
    )
    kept = [n for n in theirs if n]
if ours_is(theirs) and kept:
    print(theirs)

@torch.no_grad
def decorated():
    return nn.Dropout(0.5)(torch.ones(3))
decorated(); later = 1
results, outs = {}, []
results["torch"] = nn.functional.dropout(torch.ones(9), 0.5); kept = 1
for p in (0.1, 0.5):
    outs.append(nn.functional.dropout(torch.ones(9), p))
few, many = outs
assert len(outs) == 2
print(results["torch"], kept)
class Comparison:
    theirs = nn.Dropout(0.5)(torch.ones(3))
print(Comparison.theirs)
from lmlib import Dropout as lmlibs
lmlibs(0.5)
"""
LATER = """
import asyncio
async def compare():
    nn.Dropout(0.5)(torch.ones(3))
async with asyncio.TaskGroup() as group:
    group.create_task(compare())
print(theirs.mean())
try:
    nn.Dropout(0.5)(torch.ones(3))
except RuntimeError as error:
    raise AssertionError("not as PyTorch does it") from error
assert torch.nn.functional.dropout(torch.ones(9), 0.5).shape == (9,)
"""


def code_cell(source: str) -> dict[str, Any]:
    return {"cell_type": "code", "source": source, "metadata": {}}


def test_a_comparison_with_pytorch_costs_nothing_but_itself(pool: Pool) -> None:
    assignment = load("dropout", ROOT)
    cells = [code_cell(f"{COMPARISONS}\n{RIGHT}"), code_cell(f"{LATER}\nprint('the end')")]
    ((_, result),) = pool.grade([(None, assignment, from_cells(assignment, cells))])
    assert result.score == result.max_score, result.tests
    (first, why), (second, nothing) = (result.outputs[f"cell {n}"] for n in (1, 2))
    assert why.startswith("RuntimeError: PyTorch's own dropout is not there"), "a class is missing"
    assert nothing is None
    assert "PyTorch's own dropout is not there" in first
    assert "lmlib's own Dropout is not there" in first
    assert second.endswith("the end\n"), second


NO_DISPATCH = """
import torch
from torch import nn
packed = nn.utils.rnn.pack_sequence([torch.ones(5, 3), torch.ones(2, 3)])
theirs = nn.LSTM(3, 4, 2, dropout=0.5)(packed)
encoder = nn.TransformerEncoder(nn.TransformerEncoderLayer(8, 2, 16, batch_first=True), 2).eval()
with torch.no_grad():
    print(encoder(torch.ones(2, 5, 8), src_key_padding_mask=torch.ones(2, 5).triu(4).bool()).shape)
"""


def test_compiled_code_that_calls_compiled_code_costs_nothing(pool: Pool) -> None:
    assignment = load("dropout", ROOT)
    cells = [code_cell(f"{NO_DISPATCH}\n{RIGHT}")]
    ((_, result),) = pool.grade([(None, assignment, from_cells(assignment, cells))])
    assert result.score == result.max_score, result.tests
    said, _ = result.outputs["cell 1"]
    assert "PyTorch's own dropout is not there" in said
    assert "torch.Size([2, 5, 8])" in said


def test_a_helper_that_needs_a_comparison_takes_nothing_with_it(pool: Pool) -> None:
    assignment = load("dropout", ROOT)
    helper = """
import torch
theirs = torch.dropout(torch.ones(3), 0.5, True)
def is_like(ours, theirs=theirs):
    return torch.equal(ours, theirs)
"""
    cells = [code_cell(f"{helper}\n{RIGHT}")]
    ((_, result),) = pool.grade([(None, assignment, from_cells(assignment, cells))])
    assert result.score == result.max_score, result.tests
    assert result.outputs["cell 1"][1].startswith("NameError: name 'theirs'"), "it is missing"


def test_what_lacks_a_name_tells_that_its_statement_was_passed_over(pool: Pool) -> None:
    assignment = load("dropout", ROOT)
    helper = """
import torch
with torch.no_grad():
    theirs = torch.dropout(torch.ones(3), 0.5, True)
    ONE = 1
"""
    cell = f"{helper}\n{RIGHT}\nforward = Dropout.forward\n"
    cell += "Dropout.forward = lambda self, x: ONE * forward(self, x)"
    ((_, result),) = pool.grade([(None, assignment, from_cells(assignment, [code_cell(cell)]))])
    (why,) = {test.message for test in result.tests if "ONE" in test.message}
    assert "name 'ONE' is not defined: what defines it was passed over" in why


@pytest.mark.parametrize(
    ("cell", "why"),
    [
        (f"import torch\nprint(unknown)\n{COMPARISONS}\n{RIGHT}", "'unknown' is not defined"),
        (f"{COMPARISONS}\nclass Dropout(unknown): pass", "'unknown' is not defined"),
        (
            "from torch import nn\nimport torch\nclass Dropout(nn.Module):\n"
            "    mask = nn.functional.dropout(torch.ones(9))",
            "dropout is not there while grading",
        ),
        (f"{COMPARISONS}\nimport no_such_package\n{RIGHT}", "No module named 'no_such_package'"),
        (f"{COMPARISONS}\nraise ValueError('that is all')\n{RIGHT}", "that is all"),
        ("try:\n    1 / 0\nexcept ZeroDivisionError as e:\n    raise e from e\n" + RIGHT, "Zero"),
    ],
)
def test_other_mistakes_end_a_cell_and_are_told(pool: Pool, cell: str, why: str) -> None:
    assignment = load("dropout", ROOT)
    submission = from_cells(assignment, [code_cell(cell)])
    ((_, result),) = pool.grade([(None, assignment, submission)])
    assert result.score == 0
    assert why in result.tests[0].message


def test_what_others_do_with_the_layers_is_left_alone(pool: Pool) -> None:
    """No other assignment is without them, and the next worker has them again."""
    code = CAPSTONE.read_text(encoding="utf-8")
    first = grade(pool, "dropout", DROPOUT.replace("{seen}", "False").replace("{work}", PLAIN))
    second = grade(pool, "awd_language_model", code)
    assert first.score < second.score == second.max_score


OWN_OPERATION = """
import torch
from torch import nn
library = torch.library.Library("student", "DEF")
library.define("dropout(Tensor x, Tensor mask, float p) -> Tensor")
library.impl("dropout", lambda x, mask, p: x * mask / (1 - p), "CompositeImplicitAutograd")
def keep_mask(x, p):
    return torch.empty_like(x).bernoulli_(1 - p)
class Dropout(nn.Module):
    def __init__(self, p=0.5):
        super().__init__()
        if not 0 <= p < 1:
            raise ValueError(p)
        self.p = p
    def forward(self, x):
        return {operation}(x, keep_mask(x, self.p), self.p) if self.training else x
"""
NAMES = ["torch.ops.student.dropout", "torch.ops.student.dropout.default"]


@pytest.mark.parametrize("operation", NAMES)
def test_an_operation_of_your_own_may_have_any_name(pool: Pool, operation: str) -> None:
    result = grade(pool, "dropout", OWN_OPERATION.replace("{operation}", operation))
    assert result.score == result.max_score, result.tests


def test_words_that_only_contain_a_layers_name_accuse_nobody() -> None:
    for pattern in (lstm_work.READY_MADE, stacked_work.READY_MADE):
        assert not pattern.search("rewrite_with_congruences")
        assert pattern.search("gru")
        assert pattern.search("one_layer_lstm")
    assert not dropout_work.READY_MADE.search("_unsupported_dropout")
    assert dropout_work.READY_MADE.search("feature_dropout")
