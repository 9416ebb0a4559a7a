"""Noted operations give, with other numbers, what the code gives for them; products are counted."""

from collections.abc import Callable

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from lmlib.checks.operations import MOST, repeat
from lmlib.checks.remote import operations_of

W = torch.randn(6, 5, generator=torch.Generator().manual_seed(1))


def in_place(x: Tensor) -> Tensor:
    out = torch.zeros(6, 2, dtype=x.dtype)
    out.t().add_(x @ W.t())
    out[0].mul_(3).sub_(out[1])
    return out.tanh_().clone()


def into_another(x: Tensor) -> Tensor:
    """By operations that return nothing, in a block that has a name."""
    moved, out = torch.zeros_like(x), torch.zeros(2, 6, dtype=x.dtype)
    with torch.profiler.record_function("into another"):
        torch._foreach_add_([moved], [x])
        torch._foreach_add_([out], [moved @ W.T])
    return out + 0


def in_rows(x: Tensor) -> Tensor:
    return torch.func.vmap(lambda row: W @ row)(x)


SCRIPT = torch.jit.CompilationUnit("def f(x, w):\n    return torch.sigmoid(x.matmul(w.t()))\n")

WAYS: dict[str, tuple[Callable[[Tensor], Tensor], int]] = {
    "linear": (lambda x: F.linear(x, W), 1),
    "module": (nn.Linear(5, 6), 1),
    "einsum": (lambda x: torch.einsum("bi,oi->bo", x, W), 1),
    "element by element": (lambda x: (x[:, None] * W).sum(-1), 1),
    "by division": (lambda x: (x[:, None] / W.reciprocal()).sum(-1), 1),
    "convolution": (lambda x: F.conv1d(x[:, :, None], W[:, :, None]).squeeze(-1), 1),
    "in place": (in_place, 1),
    "into another": (into_another, 1),
    "row by row": (lambda x: torch.stack([W @ row for row in x]), 2),
    "unit by unit": (lambda x: torch.stack([x @ unit for unit in W], 1), 6),
    "in two halves": (lambda x: torch.cat([x @ half.T for half in W.split(3)], 1), 2),
    "in rows": (in_rows, 1),
    "scripted": (lambda x: SCRIPT.f(x, W), 1),
    "weights beforehand": (lambda x: x @ (W.exp() * 2 + W.new_zeros(5)).T, 1),
    "in another dtype": (lambda x: (x.double() @ W.double().T).float(), 1),
    "in inference": (torch.inference_mode()(lambda x: F.linear(x, W).sigmoid()), 1),
}


def is_among(wanted: Tensor, made: list[Tensor]) -> bool:
    return any(t.shape == wanted.shape and torch.allclose(t.to(wanted), wanted) for t in made)


@pytest.mark.parametrize("way", WAYS)
def test_the_same_operations_with_other_numbers(way: str) -> None:
    function, count = WAYS[way]
    x, other = torch.randn(2, 5), torch.randn(2, 5)
    kept = x.clone()
    result, noted = operations_of(function, x)
    assert torch.equal(result, function(x))
    made, products, weights, rest = repeat(noted, {x: other}, result.numel(), few=6)
    wanted = function(other.clone())
    assert (products, weights) == (count, 30)
    assert rest <= 6
    assert is_among(wanted, [t.reshape_as(wanted) for t in made])
    assert not is_among(result, [t.reshape_as(result) for t in made])
    assert torch.equal(x, kept)


def test_what_depends_on_more_than_operations_gives_other_numbers() -> None:
    def through_numpy(x: Tensor) -> Tensor:
        return torch.from_numpy(x.numpy() @ W.numpy().T) + 0

    x, other = torch.randn(2, 5), torch.randn(2, 5)
    _, noted = operations_of(through_numpy, x)
    made, products, _, _ = repeat(noted, {x: other}, size=12, few=6)
    assert products == 0
    assert not is_among(through_numpy(other), made)


def test_weights_stay_weights_when_their_storage_grows() -> None:
    def grown(x: Tensor) -> Tensor:
        with torch.no_grad():
            weights = W.clone()
            weights.resize_(30 + 10**6)
            others = [torch.empty(30) for _ in range(4)]
            return x @ weights[:30].view(6, 5).T + len(others)

    x, other = torch.randn(2, 5), torch.randn(2, 5)
    _, noted = operations_of(grown, x)
    made, products, _, _ = repeat(noted, {x: other}, size=12, few=6)
    assert is_among(grown(other), made)
    assert products == 1


def test_weights_cannot_hide_among_numbers() -> None:
    """As single numbers, or in vectors as small as a bias, they are counted among the rest."""

    def by_numbers(x: Tensor) -> Tensor:
        units = [sum(x[:, i] * w for i, w in enumerate(unit)) for unit in W.tolist()]
        return torch.stack(units, 1)

    vectors = [row.clone() for row in W]

    def by_vectors(x: Tensor) -> Tensor:
        return torch.stack([x @ vector for vector in vectors], 1)

    packed = torch.complex(W[:3], W[3:]).tolist()

    def by_packed_numbers(x: Tensor) -> Tensor:
        units = [sum(x[:, i] * w for i, w in enumerate(pair)) for pair in packed]
        return torch.stack([u.real for u in units] + [u.imag for u in units], 1)

    for function, least in ((by_numbers, 30), (by_vectors, 30), (by_packed_numbers, 15)):
        x, other = torch.randn(2, 5), torch.randn(2, 5)
        _, noted = operations_of(function, x)
        made, products, weights, rest = repeat(noted, {x: other}, size=12, few=6)
        assert is_among(function(other), made)
        assert (products, weights) == (0, 0)
        assert rest >= least


def test_there_is_an_end() -> None:
    step = ["aten::ones", "", [[1]], {}, [0]]
    with pytest.raises(ValueError, match=f"{MOST + 1} operations"):
        repeat({"given": [], "steps": [step] * (MOST + 1)}, {}, 1, 1)
