import pytest
import torch
from torch import nn

from lmlib.recurrence import RNN, recur


@pytest.mark.parametrize("phi", ["tanh", "relu"])
@pytest.mark.parametrize("with_start", [True, False])
def test_gradients_are_those_of_finite_differences(phi, with_start):
    torch.manual_seed(0)
    x = torch.randn(3, 5, 4, dtype=torch.float64, requires_grad=True)
    weight = torch.randn(4, 4, dtype=torch.float64, requires_grad=True)
    h0 = torch.randn(3, 4, dtype=torch.float64, requires_grad=True) if with_start else None
    assert torch.autograd.gradcheck(lambda x, w, h: recur(x, w, h, phi), (x, weight, h0))


@pytest.mark.parametrize("nonlinearity", ["tanh", "relu"])
@pytest.mark.parametrize("num_layers", [1, 3])
def test_rnn_is_pytorchs_rnn(nonlinearity, num_layers):
    torch.manual_seed(0)
    mine = RNN(3, 5, num_layers, nonlinearity).double()
    theirs = nn.RNN(3, 5, num_layers, nonlinearity=nonlinearity, batch_first=True).double()
    theirs.load_state_dict(mine.state_dict())
    x = torch.randn(4, 6, 3, dtype=torch.float64)
    for h0 in (None, torch.randn(num_layers, 4, 5, dtype=torch.float64)):
        torch.testing.assert_close(mine(x, h0), theirs(x, h0))
    for rnn in (mine, theirs):
        (rnn(x)[0] ** 3).sum().backward()
    for a, b in zip(mine.parameters(), theirs.parameters(), strict=True):
        torch.testing.assert_close(a.grad, b.grad)


def test_the_input_is_left_alone():
    x, weight = torch.randn(2, 3, 4), torch.randn(4, 4)
    copy = x.clone()
    recur(x, weight)
    assert torch.equal(x, copy)


def test_an_unknown_nonlinearity():
    with pytest.raises(ValueError, match=r"sigmoid.*tanh.*relu"):
        recur(torch.zeros(1, 1, 1), torch.zeros(1, 1), phi="sigmoid")


@pytest.mark.parametrize(
    ("x", "weight", "h0", "message"),
    [
        ((2, 3), (4, 4), None, r"x is \[2, 3\]; allowed is \[batch, seq, hidden\]"),
        ((2, 0, 4), (4, 4), None, "not empty"),
        ((2, 3, 4), (5, 5), None, r"weight is \[5, 5\]; allowed is \[4, 4\]"),
        ((2, 3, 4), (4, 4), (3, 4), r"h0 is \[3, 4\]; allowed is \[2, 4\]"),
    ],
)
def test_shapes_that_do_not_belong_together_are_named(as_a_user, x, weight, h0, message):
    start = None if h0 is None else torch.zeros(h0)
    with pytest.raises(ValueError, match=message):
        recur(torch.zeros(x), torch.zeros(weight), start)


def test_a_layer_names_what_it_cannot_read(as_a_user):
    with pytest.raises(ValueError, match=r"x is \[2, 3, 5\]; allowed is \[batch, seq, 4\]"):
        RNN(4, 4)(torch.zeros(2, 3, 5))
    with pytest.raises(ValueError, match=r"h0 is \[2, 2, 4\]; allowed is \[1, 2, 4\]"):
        RNN(4, 4)(torch.zeros(2, 3, 4), torch.zeros(2, 2, 4))
    with pytest.raises(TypeError, match="got list"):
        RNN(4, 4)([[[0.0] * 4]])
