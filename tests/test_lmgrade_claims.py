"""What a worker says of its work is not believed: the work is done once more, or shows outside."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from lmgrade.assignment import load
from lmgrade.pool import Pool
from lmgrade.submission import from_code
from tests import needs

ROOT = Path(__file__).resolve().parents[1]
RIGHT = ROOT / "tests" / "validity"
BOTH = (RIGHT / "lstm_cell/right/eight_linears.py").read_text(encoding="utf-8")
NOT_REFACTORED = f"""
{BOTH[: BOTH.index("class RefactoredLSTMCell")]}
class RefactoredLSTMCell(LSTMCell):
    pass
"""
LIES = {
    "no operations": "noted = None",
    "no steps": "noted['steps'] = []",
    "two steps": "noted['steps'] = noted['steps'][-2:]",
    "no products": "noted['steps'] = [s for s in noted['steps'] if 'mm' not in s[0]]",
    "products by another name": "[s.__setitem__(0, 'aten::add') for s in noted['steps']]",
    "no such operation": "noted['steps'].append(['student::mul', '', [2, 3], {}, []])",
    "one that was taken away": "noted['steps'].append(['aten::lstm_cell', '', [], {}, []])",
    "constants": "noted['steps'] = [['aten::clone', '', [{'given': [0, 0]}], {}, [0]]]",
    "weights in whole numbers": "noted.update(in_whole_numbers(noted))",
    "no end": "noted['steps'] *= 10**4",
    "too much": "noted['steps'].append(['aten::ones', '', [[10**11]], {}, [10**6]])",
    "what ends a process": "noted['steps'].append(['aten::remainder', 'int', [5, 0], {}, []])",
    "what reads anywhere": "noted['steps'] += [[*ALIAS, [A, [9], [9**9]], {}, [0]], CLONE]",
    "what opens a file": "noted['steps'].append(['aten::from_file', '', ['x', True, 9], {}, [9]])",
    "what TorchScript alone has": "noted['steps'].append(['aten::grad', '', [[], []], {}, []])",
    "what is no operation": "noted['steps'].append(['aten::__class__', 'mro', [], {}, []])",
    "what imports": "noted['steps'].append([IMPORT, '__call__', ['antigravity'], {}, []])",
    "a deep tree": "noted['steps'].append(deep)",
}
LIAR = """
import contextlib
import lmgrade.worker as worker
from lmlib.checks.meters import METERS, OperationRecorder
deep = []
for _ in range(25):
    deep = [deep]
A = {"given": [0, 0]}
IMPORT = "import_module::__call__"
ALIAS, CLONE = ["aten::_reshape_alias", ""], ["aten::clone", "", [{"tensor": 0}], {}, [1]]
def in_whole_numbers(noted):
    # Each weight matrix as numbers that are no fractions, until it is needed.
    given, steps, new = list(noted["given"]), [], 10**6
    for step in noted["steps"]:
        for part in step[2]:
            number, place = part.get("given", (0, 0)) if isinstance(part, dict) else (0, 0)
            if number and given[place].numel() > 1000:
                given[place] = (given[place] * 2**40).round().long()
                whole = {"given": [new + number, place]}
                steps.append(["aten::div", "Scalar", [whole, 2.0**40], {}, [number]])
                part.clear()
                part["tensor"] = number
        steps.append(step)
    return {"given": given, "steps": steps}
class Liar(OperationRecorder):
    @property
    def found(self):
        noted = super().found
        {lie}
        return noted
METERS["operations"] = Liar
"""
KEEPS_HISTORY = """
import torch
from torch import nn
import lmgrade.worker as worker
worker.Worker.do_nodes = lambda *_: 10
real = torch.autograd.grad
torch.autograd.grad = lambda *args, **kwargs: real(*args, **{**kwargs, "retain_graph": True})
class StatefulRNN(nn.Module):
    def __init__(self, vocab_size, hidden_size):
        super().__init__()
        self.embed = nn.Embedding(vocab_size, hidden_size)
        self.rnn = nn.RNN(hidden_size, hidden_size, batch_first=True)
        self.out = nn.Linear(hidden_size, vocab_size)
        self.h = None
    def forward(self, x):
        raw, self.h = self.rnn(self.embed(x), self.h)
        return self.out(raw)
    def reset(self):
        self.h = None
class AWDLanguageModel(nn.Module):
    def __init__(self, vocab_size, hidden_size, num_layers, p):
        super().__init__()
        self.embed = nn.Embedding(vocab_size, hidden_size)
        self.lstm = nn.LSTM(hidden_size, hidden_size, num_layers, batch_first=True)
        self.drop = nn.Dropout(p)
        self.out = nn.Linear(hidden_size, vocab_size)
        self.out.weight = self.embed.weight
        self.state = None
    def forward(self, x):
        raw, self.state = self.lstm(self.embed(x), self.state)
        dropped = self.drop(raw)
        return self.out(dropped), raw, dropped
    def reset(self):
        self.state = None
"""


@pytest.fixture(scope="module")
def pool() -> Iterator[Pool]:
    with Pool(workers=1, sandbox=needs.sandbox()) as pool:
        yield pool


def lost(pool: Pool, name: str, code: str) -> dict[str, str]:
    """The tests that earn nothing, with the reason."""
    assignment = load(name, ROOT)
    ((_, result),) = pool.grade([(None, assignment, from_code(assignment, code))])
    return {test.grade_id: test.message for test in result.tests if not test.score}


def test_eight_products_are_counted(pool: Pool) -> None:
    assert not lost(pool, "lstm_cell", BOTH)
    (why,) = lost(pool, "lstm_cell", NOT_REFACTORED).values()
    assert "8 products" in why


@pytest.mark.parametrize("lie", LIES)
def test_a_lie_about_operations_earns_nothing(pool: Pool, lie: str) -> None:
    found = lost(pool, "lstm_cell", LIAR.replace("{lie}", LIES[lie]) + NOT_REFACTORED)
    assert "8 products" not in found.pop("two_products")
    assert not found


@pytest.mark.parametrize(
    ("name", "test"), [("stateful_rnn", "truncated"), ("awd_language_model", "history")]
)
def test_a_history_that_is_denied_shows_in_the_gradients(pool: Pool, name: str, test: str) -> None:
    found = lost(pool, name, KEEPS_HISTORY)
    (why,) = (message for grade_id, message in found.items() if grade_id.startswith(test))
    assert "goes back through the call before" in why
