import copy

import pytest
import torch
from torch import nn

from lmlib import Dropout, EmbeddingDropout, LockedDropout, WeightDropout

N = 200_000


@pytest.mark.parametrize("p", [0.1, 0.25, 0.5, 0.9])
def test_rate_scale_and_mean(p):
    torch.manual_seed(0)
    y = Dropout(p)(torch.ones(N))
    assert (y == 0).double().mean().item() == pytest.approx(p, abs=0.005)
    torch.testing.assert_close(y[y != 0].unique(), torch.tensor([1 / (1 - p)]))
    assert y.var().item() == pytest.approx(p / (1 - p), rel=0.03)


def test_gradient_is_the_mask():
    torch.manual_seed(0)
    x = torch.ones(50, requires_grad=True)
    y = Dropout(0.4)(x)
    y.sum().backward()
    torch.testing.assert_close(x.grad, y.detach())


@pytest.mark.parametrize("layer", [Dropout(0.5), LockedDropout(0.5)])
def test_evaluation_and_p_0_are_the_identity(layer):
    x = torch.randn(2, 3, 4)
    assert layer.eval()(x) is x
    assert type(layer)(0.0)(x) is x


@pytest.mark.parametrize("make", [Dropout, LockedDropout])
@pytest.mark.parametrize("p", [-0.1, 1.0, 1.5, float("nan")])
def test_p_outside_its_range(make, p):
    with pytest.raises(
        ValueError, match=r"p, the probability of dropping, is .* at least 0 and below 1"
    ):
        make(p)


def test_dropout_is_seeded_and_fresh():
    layer, x = Dropout(0.5), torch.ones(100)
    torch.manual_seed(3)
    first, second = layer(x), layer(x)
    torch.manual_seed(3)
    assert torch.equal(layer(x), first)
    assert not torch.equal(first, second)


def test_locked_dropout_locks_time_but_not_rows_or_units():
    torch.manual_seed(0)
    y = LockedDropout(0.5)(torch.ones(20, 7, 30))
    assert torch.equal(y, y[:, :1].expand_as(y))
    rates = (y[:, 0] == 0).double()
    assert 0 < rates.mean(dim=0).min() < 1  # units differ between rows
    assert 0 < rates.mean(dim=1).min() < 1  # and within a row


def test_embedding_dropout_drops_whole_words_everywhere():
    torch.manual_seed(0)
    table = nn.Embedding(50, 8)
    words = torch.arange(50).repeat(3, 2)
    y = EmbeddingDropout(table, 0.3)(words)
    dropped = (y == 0).all(dim=-1)
    assert torch.equal(dropped[0], dropped[1])
    assert torch.equal(dropped[0, :50], dropped[0, 50:])
    assert 0 < dropped.sum() < dropped.numel()
    kept = ~dropped
    torch.testing.assert_close(y[kept], table(words)[kept] / 0.7)
    layer = EmbeddingDropout(table, 0.3).eval()
    assert torch.equal(layer(words), table(words))


def test_weight_dropout_masks_copies_and_leaves_the_module_alone():
    torch.manual_seed(0)
    inner = nn.LSTM(4, 5, batch_first=True)
    before = copy.deepcopy(inner.state_dict())
    layer = WeightDropout(inner, ["weight_hh_l0"], 0.5)
    x = torch.randn(2, 6, 4)
    first, second = layer(x)[0], layer(x)[0]
    assert not torch.equal(first, second)
    assert torch.equal(first[:, 0], second[:, 0])  # at h = 0 the recurrent weight is idle
    for name, value in inner.state_dict().items():
        assert torch.equal(value, before[name])
    torch.testing.assert_close(layer.eval()(x)[0], inner(x)[0])
    assert list(layer.state_dict()) == [f"module.{name}" for name in before]


def test_weight_dropout_uses_one_mask_for_all_steps_and_trains_what_it_keeps():
    torch.manual_seed(0)
    linear = nn.Linear(30, 20, bias=False)
    nn.init.ones_(linear.weight)
    layer = WeightDropout(linear, ["weight"], 0.25)
    layer(torch.eye(30)).sum().backward()
    rates = linear.weight.grad  # the mask itself
    torch.testing.assert_close(rates.unique(), torch.tensor([0.0, 1 / 0.75]))
    assert (rates == 0).double().mean().item() == pytest.approx(0.25, abs=0.06)


def test_weight_dropout_names_what_it_does_not_know():
    with pytest.raises(ValueError, match=r"weight_hh_l7.*weight_hh_l0"):
        WeightDropout(nn.LSTM(2, 2), ["weight_hh_l7"])


def test_dropout_names_what_it_cannot_drop():
    with pytest.raises(TypeError, match="int64; it must hold floating-point numbers"):
        Dropout(0.5)(torch.ones(3, dtype=torch.int64))


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: Dropout("half"), "p, the probability of dropping, is 'half'"),
        (lambda: Dropout(0.5).eval()([1.0]), r"got list; torch.tensor\(x\)"),
        (lambda: Dropout(0.5)([1.0]), "got list"),
        (lambda: LockedDropout(0.0)([[[1.0]]]), "got list"),
        (lambda: EmbeddingDropout(torch.ones(3, 3)), "it must be a torch.nn.Embedding"),
        (lambda: EmbeddingDropout(nn.Embedding(3, 3))([[1]]), "words must be a tensor, got list"),
        (lambda: EmbeddingDropout(nn.Embedding(3, 3))(torch.ones(2, 2)), "float32; they must be"),
        (lambda: WeightDropout("linear", ["weight"]), "it must be a torch.nn.Module"),
        (lambda: WeightDropout(nn.Linear(2, 2), "weight"), "names are one string"),
    ],
)
def test_wrong_types_are_named(as_a_user, call, message):
    with pytest.raises(TypeError, match=message):
        call()


def test_weight_dropout_needs_something_to_drop():
    with pytest.raises(ValueError, match=r"names are empty.*'bias', 'weight'"):
        WeightDropout(nn.Linear(2, 2), [])
