"""Noted operations give, with other numbers, what the code gives for them; products are counted."""

from collections.abc import Callable, Sequence

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from lmlib.checks.operations import MOST, repeat
from lmlib.checks.remote import operations_of

W = torch.randn(6, 50, generator=torch.Generator().manual_seed(1))
GATES = [torch.randn(6, 50, generator=torch.Generator().manual_seed(i)) for i in range(4)]


@pytest.fixture(autouse=True)
def seed() -> None:
    torch.manual_seed(5)


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
    "module": (nn.Linear(50, 6), 1),
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
    "weights beforehand": (lambda x: x @ (W.exp() * 2 + W.new_zeros(50)).T, 1),
    "in another dtype": (lambda x: (x.double() @ W.double().T).float(), 1),
    "in inference": (torch.inference_mode()(lambda x: F.linear(x, W).sigmoid()), 1),
}


def is_among(wanted: Tensor, made: list[Tensor]) -> bool:
    return any(t.shape == wanted.shape and torch.allclose(t.to(wanted), wanted) for t in made)


@pytest.mark.parametrize("way", WAYS)
def test_the_same_operations_with_other_numbers(way: str) -> None:
    function, count = WAYS[way]
    x, other = torch.randn(2, 50), torch.randn(2, 50)
    kept = x.clone()
    result, noted = operations_of(function, x)
    assert torch.equal(result, function(x))
    made, products, _, beside = repeat(noted, {x: other}, result.numel())
    wanted = function(other.clone())
    assert products == count
    assert beside < 60
    assert is_among(wanted, [t.reshape_as(wanted) for t in made])
    assert not is_among(result, [t.reshape_as(result) for t in made])
    assert torch.equal(x, kept)


def test_what_depends_on_more_than_operations_gives_other_numbers() -> None:
    def through_numpy(x: Tensor) -> Tensor:
        return torch.from_numpy(x.numpy() @ W.numpy().T) + 0

    x, other = torch.randn(2, 50), torch.randn(2, 50)
    _, noted = operations_of(through_numpy, x)
    made, products, _, _ = repeat(noted, {x: other}, size=12)
    assert products == 0
    assert not is_among(through_numpy(other), made)


def test_weights_stay_weights_when_their_storage_grows() -> None:
    def grown(x: Tensor) -> Tensor:
        with torch.no_grad():
            weights = W.clone()
            weights.resize_(300 + 10**6)
            others = [torch.empty(300) for _ in range(4)]
            return x @ weights[:300].view(6, 50).T + len(others)

    x, other = torch.randn(2, 50), torch.randn(2, 50)
    _, noted = operations_of(grown, x)
    made, products, _, _ = repeat(noted, {x: other}, size=12)
    assert is_among(grown(other), made)
    assert products == 1


def by_gates(x: Tensor, gates: Sequence[Tensor]) -> Tensor:
    return sum((x @ gate.T).sigmoid() for gate in gates)


def with_nothing_of_data(x: Tensor) -> Tensor:
    return by_gates(x, torch.stack(GATES) + 0 * x[:1, :1].detach())


def with_little_of_data(x: Tensor) -> Tensor:
    return by_gates(x, torch.stack(GATES) + 1e-7 * x[0])


def with_data_that_is_taken_off_again(x: Tensor) -> Tensor:
    mixed = torch.stack(GATES) + x[0]
    return sum((x @ gate.T - x @ x[0, :, None]).sigmoid() for gate in mixed)


def with_weights_that_are_taken_off_again(x: Tensor) -> Tensor:
    mixed = x + GATES[0][0]
    return sum((mixed @ gate.T - GATES[0][0] @ gate.T).sigmoid() for gate in GATES)


def as_parts_of_one_tensor(x: Tensor) -> Tensor:
    *gates, x = torch.cat([*GATES, x]).split([6, 6, 6, 6, len(x)])
    return by_gates(x, gates)


def all_of_it_mixed(x: Tensor) -> Tensor:
    """(x + z) · (w + z) = x · w + z (Σx + Σw) + 50 z², where z is made of data and weights."""
    z = x[0, 0] * GATES[0][0, 0]
    *gates, x = (torch.cat([*GATES, x]) + z).split([6, 6, 6, 6, len(x)])
    taken = [z * ((x - z).sum(1, True) + (gate - z).sum(1)) + 50 * z**2 for gate in gates]
    return sum((x @ gate.T - part).sigmoid() for gate, part in zip(gates, taken, strict=True))


def at_once_by_blocks(x: Tensor) -> Tensor:
    """The inverse of a matrix with blocks 1, -x and -w has a block x · w."""
    parts = []
    for gate in GATES:
        matrix = torch.eye(58)
        matrix[:2, 2:52], matrix[2:52, 52:] = -x, -gate.T
        parts.append(matrix.inverse()[:2, 52:].sigmoid())
    return sum(parts)


def by_squares(x: Tensor) -> Tensor:
    """x · w = (|x + w|² - |x - w|²) / 4."""
    pairs = [(x[:, None] + gate, x[:, None] - gate) for gate in GATES]
    return sum(((a.square().sum(2) - b.square().sum(2)) / 4).sigmoid() for a, b in pairs)


def by_logarithms(x: Tensor) -> Tensor:
    signs = (x.sign()[:, None], [gate.sign() for gate in GATES])
    logs = [(x.abs().log()[:, None] + gate.abs().log()).exp() for gate in GATES]
    parts = zip(logs, signs[1], strict=True)
    return sum((log * signs[0] * sign).sum(2).sigmoid() for log, sign in parts)


def in_whole_numbers(x: Tensor) -> Tensor:
    whole = [(tensor.double() * 2**20).long() for tensor in (x, *GATES)]
    return sum((whole[0] @ gate.T).double().div(2**40).float().sigmoid() for gate in whole[1:])


MIXTURES: dict[Callable[[Tensor], Tensor], int] = {
    with_nothing_of_data: 4,
    with_little_of_data: 4,
    with_data_that_is_taken_off_again: 4,
    with_weights_that_are_taken_off_again: 4,
    as_parts_of_one_tensor: 4,
    all_of_it_mixed: 4,
    at_once_by_blocks: 4,
    by_squares: 8,
    by_logarithms: 4,
    in_whole_numbers: 4,
}


@pytest.mark.parametrize("way", MIXTURES)
def test_no_mixture_hides_products(way: Callable[[Tensor], Tensor]) -> None:
    x, other = torch.randn(2, 50), torch.randn(2, 50)
    result, noted = operations_of(way, x)
    assert torch.allclose(result, by_gates(x, GATES), atol=1e-3)
    made, products, _, _ = repeat(noted, {x: other}, size=12)
    assert is_among(way(other), made)
    assert products >= MIXTURES[way]


def test_products_cannot_wait_for_the_repetition() -> None:
    """Here weights are 0 for the data that the code has seen."""

    def closed(x: Tensor) -> Tensor:
        seen = float(x.sum())
        return by_gates(x, [gate * (x.sum() != seen) for gate in GATES])

    x, other = torch.randn(2, 50), torch.randn(2, 50)
    _, noted = operations_of(closed, x)
    made, products, _, _ = repeat(noted, {x: other}, size=12)
    assert is_among(by_gates(other, GATES), made)
    assert products >= 4


def test_gates_are_no_products() -> None:
    def gated(x: Tensor) -> Tensor:
        a, b = (x @ torch.cat([W, W.flip(0)]).T + 1).chunk(2, 1)
        return F.glu(torch.cat([a, b], 1), 1) + a.softmax(1) * F.logsigmoid(b).exp() / (1 + b.exp())

    x, other = torch.randn(2, 50), torch.randn(2, 50)
    _, noted = operations_of(gated, x)
    made, products, singly, _ = repeat(noted, {x: other}, size=12)
    assert is_among(gated(other), made)
    assert products == 1
    assert 12 * 5 <= singly <= 12 * 12


def test_products_in_pieces_are_counted_by_their_numbers() -> None:
    def in_pieces(x: Tensor) -> Tensor:
        return sum(x[:, i : i + 1] * W[:, i] for i in range(50))

    x, other = torch.randn(2, 50), torch.randn(2, 50)
    _, noted = operations_of(in_pieces, x)
    made, products, singly, _ = repeat(noted, {x: other}, size=12)
    assert is_among(in_pieces(other), made)
    assert (products, singly) == (0, 12 * 50)


def by_numbers(x: Tensor) -> Tensor:
    return torch.stack([sum(x[:, i] * w for i, w in enumerate(unit)) for unit in W.tolist()], 1)


def by_packed_numbers(x: Tensor) -> Tensor:
    packed = torch.complex(W[:3], W[3:]).tolist()
    units = [sum(x[:, i] * w for i, w in enumerate(pair)) for pair in packed]
    return torch.stack([u.real for u in units] + [u.imag for u in units], 1)


def by_whole_numbers(x: Tensor) -> Tensor:
    return x @ (torch.tensor((W * 2**20).int().tolist()).float() / 2**20).T


def by_sizes(x: Tensor) -> Tensor:
    sizes = [int(size) for size in ((W + 8) * 2**10).flatten()]
    parts = [torch.ones(1, dtype=torch.float64).expand(size).sum() for size in sizes]
    return x @ (torch.stack(parts).view(6, 50) / 2**10 - 8).float().T


def by_choice(x: Tensor) -> Tensor:
    """A table holds all numbers that there can be; which of them are taken makes the weights."""
    table = (torch.arange(2**14) / 2**10 - 8).unbind()
    chosen = [table[int(place)] for place in ((W + 8) * 2**10).flatten()]
    return x @ torch.stack(chosen).view(6, 50).T


HIDDEN = {
    by_numbers: 300,
    by_packed_numbers: 150,
    by_whole_numbers: 300,
    by_sizes: 300,
    by_choice: 300,
}


@pytest.mark.parametrize("way", HIDDEN)
def test_weights_cannot_hide_among_numbers(way: Callable[[Tensor], Tensor]) -> None:
    """Then their products with data go unseen, but not the numbers that tell of them."""
    x, other = torch.randn(2, 50), torch.randn(2, 50)
    _, noted = operations_of(way, x)
    made, products, _, beside = repeat(noted, {x: other}, size=12)
    assert is_among(way(other), made)
    assert products == 0
    assert beside >= HIDDEN[way]


def test_weights_in_small_tensors_are_weights() -> None:
    vectors = [row.clone() for row in W]

    def by_vectors(x: Tensor) -> Tensor:
        return torch.stack([x @ vector for vector in vectors], 1)

    x, other = torch.randn(2, 50), torch.randn(2, 50)
    _, noted = operations_of(by_vectors, x)
    made, products, _, _ = repeat(noted, {x: other}, size=12)
    assert is_among(by_vectors(other), made)
    assert products == 6


def test_there_is_an_end() -> None:
    step = ["aten::ones", "", [[1]], {}, [0]]
    with pytest.raises(ValueError, match=f"{MOST + 1} operations"):
        repeat({"given": [], "steps": [step] * (MOST + 1)}, {}, 1)
