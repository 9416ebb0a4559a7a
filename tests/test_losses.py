import math

import pytest
import torch

from lmlib import activation_reg, sequence_loss, temporal_activation_reg

TOY = [[[1.0, 2.0], [3.0, 0.0], [3.0, 4.0]]]


@pytest.mark.parametrize(("B", "T", "V"), [(4, 3, 7), (5, 5, 5), (1, 6, 2)])
def test_sequence_loss_is_the_mean_over_positions(B, T, V):
    torch.manual_seed(0)
    logits, targets = torch.randn(B, T, V).double(), torch.randint(V, (B, T))
    expected = 0.0
    for b in range(B):
        for t in range(T):
            row = logits[b, t].tolist()
            log_sum = math.log(sum(math.exp(z) for z in row))
            expected += (log_sum - row[targets[b, t]]) / (B * T)
    assert sequence_loss(logits, targets).item() == pytest.approx(expected, abs=1e-12)


def test_uniform_logits_cost_ln_v():
    loss = sequence_loss(torch.zeros(2, 3, 30), torch.zeros(2, 3, dtype=torch.int64))
    assert loss.item() == pytest.approx(math.log(30))


def test_sequence_loss_takes_any_strides():
    torch.manual_seed(0)
    logits, targets = torch.randn(5, 4, 7), torch.randint(7, (5, 4))
    assert sequence_loss(logits.transpose(0, 1), targets.t()).item() == pytest.approx(
        sequence_loss(logits, targets).item()
    )


def test_toy_penalties():
    a = torch.tensor(TOY)
    assert activation_reg(a, 2).item() == 13.0
    assert temporal_activation_reg(a, 1).item() == 6.0


def test_one_step_has_no_jumps():
    assert temporal_activation_reg(torch.randn(3, 1, 4), 1.0).item() == 0.0


def test_penalties_have_the_closed_form_gradients():
    a = torch.randn(2, 3, 4, dtype=torch.float64, requires_grad=True)
    (gradient,) = torch.autograd.grad(activation_reg(a, 2.0), a)
    torch.testing.assert_close(gradient, 2 * 2.0 * a.detach() / a.numel())
    assert torch.autograd.gradcheck(lambda x: temporal_activation_reg(x, 0.7), a)


@pytest.mark.parametrize(
    "call",
    [
        lambda: activation_reg(torch.zeros(2, 3), 1.0),
        lambda: temporal_activation_reg(torch.zeros(3), 1.0),
        lambda: sequence_loss(torch.zeros(2, 3, 4), torch.zeros(3, 2, dtype=torch.int64)),
        lambda: sequence_loss(torch.zeros(6, 4), torch.zeros(6, dtype=torch.int64)),
    ],
)
def test_wrong_shapes(as_a_user, call):
    with pytest.raises(ValueError, match=r"\[batch, seq"):
        call()
