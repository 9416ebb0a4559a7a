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
    with pytest.raises(ValueError, match="allowed are"):
        cell(x, (h, c))
