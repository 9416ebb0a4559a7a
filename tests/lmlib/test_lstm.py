import pytest
import torch
from torch import nn

from lmlib import LSTMCell, RefactoredLSTMCell, load_lstm_cell

CELLS = pytest.mark.parametrize("make", [LSTMCell, RefactoredLSTMCell])


@CELLS
def test_a_cell_with_pytorch_weights_is_pytorchs_cell(make):
    torch.manual_seed(0)
    theirs, mine = nn.LSTMCell(3, 5).double(), make(3, 5).double()
    load_lstm_cell(mine, theirs)
    x, h, c = (torch.randn(4, n, dtype=torch.float64, requires_grad=True) for n in (3, 5, 5))
    out, (h_new, c_new) = mine(x, (h, c))
    expected = theirs(x, (h, c))
    assert out is h_new
    torch.testing.assert_close((h_new, c_new), expected)
    weigh = torch.randn(4, 5, dtype=torch.float64)
    gradients = torch.autograd.grad(((h_new + c_new) * weigh).sum(), (x, h, c))
    wanted = torch.autograd.grad(((expected[0] + expected[1]) * weigh).sum(), (x, h, c))
    torch.testing.assert_close(gradients, wanted)


def test_parameter_counts():
    def count(cell):
        return sum(p.numel() for p in cell.parameters())

    assert (count(LSTMCell(30, 50)), count(RefactoredLSTMCell(30, 50))) == (16_200, 16_400)


@CELLS
@pytest.mark.parametrize("source", [nn.LSTMCell(4, 5), nn.LSTMCell(3, 5, bias=False)])
def test_weights_that_do_not_fit(make, source):
    with pytest.raises(ValueError, match=r"size|bias"):
        load_lstm_cell(make(3, 5), source)


@pytest.mark.parametrize("cell", [LSTMCell(3, 4), RefactoredLSTMCell(3, 4)])
@pytest.mark.parametrize("rows", [(5, 1, 1), (5, 5, 1)])
def test_tensors_that_do_not_belong_together_are_named(cell, rows):
    x, h, c = (torch.zeros(n, size) for n, size in zip(rows, (3, 4, 4), strict=True))
    with pytest.raises(ValueError, match=r"the shape of [hc] is \[1, 4\]; allowed is \[5, 4\]"):
        cell(x, (h, c))


@pytest.mark.parametrize("cell", [LSTMCell(3, 4), RefactoredLSTMCell(3, 4)])
@pytest.mark.parametrize(
    ("x", "state", "error", "message"),
    [
        (torch.zeros(2, 5), (torch.zeros(2, 4),) * 2, ValueError, r"input is \[2, 5\]; .*batch, 3"),
        (torch.zeros(2, 3), (torch.zeros(2, 5),) * 2, ValueError, r"h is \[2, 5\]; .*\[2, 4\]"),
        (torch.zeros(2, 3), torch.zeros(2, 4), TypeError, r"a Tensor; give the pair \(h, c\)"),
        (torch.zeros(2, 3), None, TypeError, "NoneType; give the pair"),
        (torch.zeros(2, 3, dtype=int), (torch.zeros(2, 4),) * 2, TypeError, "input is torch.int64"),
        ([[0.0] * 3], (torch.zeros(1, 4),) * 2, TypeError, "input must be a tensor, got list"),
        (torch.zeros(2, 3), ([0.0], [0.0]), TypeError, "h must be a tensor, got list"),
    ],
)
def test_bad_steps_are_named(as_a_user, cell, x, state, error, message):
    with pytest.raises(error, match=message):
        cell(x, state)


@pytest.mark.parametrize(
    ("cell", "source", "message"),
    [
        (LSTMCell(3, 4), nn.LSTM(3, 4), r"source is LSTM\(3, 4\); it must be a torch.nn.LSTMCell"),
        (LSTMCell(3, 4), nn.GRUCell(3, 4), "source is GRUCell"),
        (LSTMCell(3, 4), LSTMCell(3, 4), "it must be a torch.nn.LSTMCell"),
        (nn.LSTMCell(3, 4), nn.LSTMCell(3, 4), "cell is .* LSTMCell or RefactoredLSTMCell"),
    ],
)
def test_other_kinds_of_cells_are_refused(as_a_user, cell, source, message):
    with pytest.raises(TypeError, match=message):
        load_lstm_cell(cell, source)
