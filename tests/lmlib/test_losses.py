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
    with pytest.raises(ValueError, match=r"\[batch, seq|one id for each row"):
        call()


ROWS, IDS = torch.zeros(2, 3, 4), torch.zeros(2, 3, dtype=torch.int64)


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: sequence_loss(ROWS, IDS + 4), IndexError, "from 4 to 4; .* ids 0 to 3"),
        (lambda: sequence_loss(ROWS, IDS - 100), IndexError, "from -100"),
        (lambda: sequence_loss(ROWS, IDS.int()), TypeError, "int32; they must be word ids"),
        (lambda: sequence_loss(ROWS.long(), IDS), TypeError, "logits is torch.int64"),
        (lambda: sequence_loss(ROWS[:0], IDS[:0]), ValueError, "not empty"),
        (lambda: sequence_loss((ROWS, ROWS, ROWS), IDS), TypeError, "logits must .* got tuple"),
        (lambda: sequence_loss(ROWS, IDS.tolist()), TypeError, "targets must .* got list"),
        (lambda: activation_reg(ROWS.tolist(), 1.0), TypeError, "activations must .* got list"),
        (lambda: activation_reg(ROWS.long(), 1.0), TypeError, "activations is torch.int64"),
        (lambda: activation_reg(ROWS[:0], 1.0), ValueError, "not empty"),
        (lambda: activation_reg(ROWS, -1.0), ValueError, "alpha is -1.0"),
        (lambda: temporal_activation_reg(ROWS, math.nan), ValueError, "beta is nan"),
        (lambda: temporal_activation_reg(ROWS, "1"), TypeError, "beta is '1'"),
    ],
)
def test_bad_input_is_named(as_a_user, call, error, message):
    with pytest.raises(error, match=message):
        call()
