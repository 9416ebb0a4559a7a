"""Noted operations give, with other numbers, what the code gives for them; products are counted."""

from collections.abc import Callable, Sequence

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from lmlib.checks.operations import MOST, Repeated, repeat
from lmlib.checks.remote import operations_of

W, *GATES = torch.randn(5, 6, 120, dtype=torch.float64, generator=torch.Generator().manual_seed(1))


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
    "module": (nn.Linear(120, 6).double(), 1),
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
    "weights beforehand": (lambda x: x @ (W.exp() * 2 + W.new_zeros(120)).T, 1),
    "in another dtype": (lambda x: (x.float() @ W.float().T).double(), 1),
    "in inference": (torch.inference_mode()(lambda x: F.linear(x, W).sigmoid()), 1),
}


def repeated(
    function: Callable[[Tensor], Tensor], wanted: Callable[[Tensor], Tensor] | None = None
) -> Repeated:
    """Note what a function does and do it with other numbers; this gives what is wanted."""
    x, *others = torch.randn(3, 2, 120, dtype=torch.float64)
    kept = x.clone()
    result, noted = operations_of(function, x)
    assert torch.equal(x, kept)
    found = repeat(noted, [x], [[other] for other in others], result.numel())
    for made, other in zip(found.made, others, strict=True):
        assert is_among(made, (wanted or function)(other.clone()))
        assert not is_among(made, result)
    return found


def is_among(made: list[Tensor], wanted: Tensor) -> bool:
    shaped = (t.reshape_as(wanted).to(wanted.dtype) for t in made if not t.is_complex())
    return any(torch.allclose(part, wanted, 1e-3, 1e-4) for part in shaped)


@pytest.mark.parametrize("way", WAYS)
def test_the_same_operations_with_other_numbers(way: str) -> None:
    function, count = WAYS[way]
    found = repeated(function)
    assert found.products == count
    assert found.beside < 60


def test_what_depends_on_more_than_operations_gives_other_numbers() -> None:
    def through_numpy(x: Tensor) -> Tensor:
        return torch.from_numpy(x.numpy() @ W.numpy().T) + 0

    with pytest.raises(AssertionError, match="is_among"):
        repeated(through_numpy)


def test_weights_stay_weights_when_their_storage_grows() -> None:
    def grown(x: Tensor) -> Tensor:
        with torch.no_grad():
            weights = W.clone()
            weights.resize_(720 + 10**6)
            others = [torch.empty(720) for _ in range(4)]
            return x @ weights[:720].view(6, 120).T + len(others)

    assert repeated(grown).products == 1


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
    """(x + z) · (w + z) = x · w + z (Σx + Σw) + 120 z², where z is made of data and weights."""
    z = x[0, 0] * GATES[0][0, 0]
    *gates, x = (torch.cat([*GATES, x]) + z).split([6, 6, 6, 6, len(x)])
    taken = [z * ((x - z).sum(1, True) + (gate - z).sum(1)) + 120 * z**2 for gate in gates]
    return sum((x @ gate.T - part).sigmoid() for gate, part in zip(gates, taken, strict=True))


def at_once_by_blocks(x: Tensor) -> Tensor:
    """The inverse of a matrix with blocks 1, -x and -w has a block x · w."""
    parts = []
    for gate in GATES:
        matrix = torch.eye(128)
        matrix[:2, 2:122], matrix[2:122, 122:] = -x, -gate.T
        parts.append(matrix.inverse()[:2, 122:].sigmoid())
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
    return sum((whole[0] @ gate.T).double().div(2**40).double().sigmoid() for gate in whole[1:])


def in_one_call_for_all(x: Tensor) -> Tensor:
    return sum(part.sum(2).sigmoid() for part in torch._foreach_mul([x[:, None]] * 4, GATES))


def with_a_large_number(x: Tensor) -> Tensor:
    return sum((torch.addmm(x.new_tensor(1e3), x, gate.T) - 1e3).sigmoid() for gate in GATES)


def with_a_coarse_number(x: Tensor) -> Tensor:
    coarse = torch.zeros((), dtype=torch.bfloat16)
    return sum(torch.addcmul(coarse, x[:, None], gate).sum(2).sigmoid() for gate in GATES)


def close_to_the_largest_number(x: Tensor) -> Tensor:
    most = torch.finfo(x.dtype).max
    large = [x @ (gate * (most / 2**15)).T + most / 2.5 for gate in GATES]
    return sum(((part - most / 2.5) / (most / 2**15)).sigmoid() for part in large)


def only_with_these_weights(x: Tensor) -> Tensor:
    """With others, numbers become so large that nothing else can be seen."""
    offsets = [1e30 * (gate.sum() - gate.sum().item()).abs() for gate in GATES]
    return sum((x @ gate.T + large).sigmoid() for gate, large in zip(GATES, offsets, strict=True))


def only_with_these_weights_and_by_little(x: Tensor) -> Tensor:
    offsets = [1e7 * (gate.sum() != gate.sum().item()) for gate in GATES]
    return sum((x @ gate.T + large).sigmoid() for gate, large in zip(GATES, offsets, strict=True))


def by_another_precision(x: Tensor) -> Tensor:
    """What float32 cannot tell from 1 tells where float64 stands for it."""
    one = torch.ones((), dtype=torch.float32)
    return by_gates(x * (one + 1e-10 == one), GATES)


def by_chance(x: Tensor) -> Tensor:
    torch.manual_seed(3)
    return by_gates(x * (torch.rand(()) < 0.5), GATES)


def closed_if_data_or_weights_are_drawn(x: Tensor) -> Tensor:
    """In some rounds both factors are zero; what is drawn for weights is positive."""

    def drawn(tensor: Tensor) -> Tensor:
        return ((tensor.min() > 0.04) & (tensor.max() < 0.16)).to(tensor)

    parts = [
        (x * (1 - drawn(x)) * (1 - drawn(w)), w * (1 + drawn(x)) * (1 - drawn(w))) for w in GATES
    ]
    return sum((x @ w.T).sigmoid() for x, w in parts)


def by_statistics(x: Tensor) -> Tensor:
    """`native_batch_norm` writes variances, which its schema does not say."""

    def variance(rows: Tensor) -> Tensor:
        rows = torch.cat([rows, -rows], -1).flatten(0, 1).T + 1
        mean, found, none = torch.zeros(3, rows.shape[1], dtype=x.dtype)
        torch.native_batch_norm(rows, none, none, mean, found, True, 1.0, 1e30)
        return found.view(len(x), -1)

    pairs = [variance(x[:, None] + gate) - variance(x[:, None] - gate) for gate in GATES]
    return sum((pair * 239 / 8).sigmoid() for pair in pairs)


def by_signs_of_zeros(x: Tensor) -> Tensor:
    """Bits of weights as signs of zeros, which nothing but `copysign` tells apart."""
    parts = []
    for gate in GATES:
        whole = ((gate + 8) * 2**12).round().long()
        bits = torch.stack([(whole >> bit) & 1 for bit in range(16)], -1)
        zeros = torch.zeros(()).copysign(0.5 - bits)
        signed = x[:, None, :, None].abs().copysign(zeros) * x.sign()[:, None, :, None]
        scaled = (signed * 2.0 ** torch.arange(-13.0, 3.0)).sum((2, 3))
        offset = x.sum(1, True) * (2**16 - 1) / 2**13
        parts.append((offset - scaled - 8 * x.sum(1, True)).sigmoid())
    return sum(parts)


def by_what_lies_behind(x: Tensor) -> Tensor:
    """Of a piece of memory, an operation gets two zeros and multiplies the numbers after them."""
    parts = []
    for gate in GATES:
        pairs = torch.stack(torch.broadcast_tensors(x[:, None], gate), -1)
        memory = torch.zeros(2 + pairs.numel(), dtype=x.dtype)
        memory[2:].copy_(pairs.flatten())
        twos = torch.full((1 + pairs.numel() // 2,), 2)
        products = torch.segment_reduce(memory[:2], "prod", lengths=twos, unsafe=True)
        parts.append(products[1:].view(pairs.shape[:3]).sum(2).sigmoid())
    return sum(parts)


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
    in_one_call_for_all: 4,
    with_a_large_number: 4,
    with_a_coarse_number: 4,
    close_to_the_largest_number: 4,
    only_with_these_weights: 4,
    only_with_these_weights_and_by_little: 4,
    closed_if_data_or_weights_are_drawn: 4,
    by_statistics: 4,
    by_signs_of_zeros: 4,
    by_what_lies_behind: 4,
}


@pytest.mark.parametrize("way", MIXTURES)
def test_no_mixture_hides_products(way: Callable[[Tensor], Tensor]) -> None:
    assert repeated(way, lambda x: by_gates(x, GATES)).products >= MIXTURES[way]


@pytest.mark.parametrize("way", [by_another_precision, by_chance])
def test_rounds_cannot_be_told_from_a_call(way: Callable[[Tensor], Tensor]) -> None:
    with pytest.raises(AssertionError, match="is_among"):
        repeated(way, lambda x: by_gates(x, GATES))


def test_products_cannot_wait_for_the_repetition() -> None:
    """Here weights are 0 for the data that the code has seen."""

    def closed(x: Tensor) -> Tensor:
        seen = float(x.sum())
        return by_gates(x, [gate * (x.sum() != seen) for gate in GATES])

    assert repeated(closed, lambda x: by_gates(x, GATES)).products >= 4


def by_the_place_of_a_cut(table: Tensor, length: Tensor) -> Tensor:
    with torch._C._AutoDispatchBelowAutograd():  # else it is noted as a slice
        return torch.ops.aten.tensor_split.tensor_indices_or_sections(table, length[None])[1]


def by_the_length_of_a_part(table: Tensor, length: Tensor) -> Tensor:
    before = torch.zeros_like(table)[torch.arange(len(table)) >= length]
    return torch.cat([before, table])[len(table) :]


@pytest.mark.parametrize("way", [by_the_place_of_a_cut, by_the_length_of_a_part])
def test_a_number_cannot_be_looked_up_by_moving(way: Callable[[Tensor, Tensor], Tensor]) -> None:
    """Products stand in a table, and data say where it begins."""
    found = repeated(lambda x: way(W.flatten(), (x > 0).sum())[:6])
    assert found.products >= 1


def test_gates_are_no_products() -> None:
    def gated(x: Tensor) -> Tensor:
        a, b = (x @ torch.cat([W, W.flip(0)]).T + 1).chunk(2, 1)
        return F.glu(torch.cat([a, b], 1), 1) + a.softmax(1) * F.logsigmoid(b).exp() / (1 + b.exp())

    found = repeated(gated)
    assert found.products == 1
    assert 12 * 5 <= found.in_pieces <= 12 * 12


def test_looking_at_gates_is_no_product() -> None:
    def watched(x: Tensor) -> Tensor:
        z = x @ W.T
        largest = torch.stack([z, torch.zeros_like(z)]).amax(0)
        if z.norm() > 1e9 or z.abs().max() > 1e9 or z.std() > 1e9:
            print(z.unique(), z.histc(), z.argmax())
        low = (z - largest).exp()
        return torch.einsum("kbh,kbh->bh", torch.stack([low, z]), torch.stack([z, low])) / 2

    assert repeated(watched).products == 1


def test_another_object_may_be_the_same_tensor() -> None:
    class Gates(Tensor):
        pass

    assert (
        repeated(lambda x: (x @ W.T).as_subclass(Gates).sigmoid().as_subclass(Tensor)).products == 1
    )


@torch.library.custom_op("lm39_tests::gate", mutates_args=())
def gate(x: Tensor, w: Tensor) -> Tensor:
    return (x @ w.T).sigmoid()


def test_an_operation_of_ones_own_is_made_of_pytorchs() -> None:
    assert repeated(lambda x: gate(x, W)).products == 1


def test_new_memory_holds_nothing_of_another_round() -> None:
    def in_new_memory(x: Tensor) -> Tensor:
        weights = torch.empty_like(W)
        weights.set_(torch.zeros_like(W))
        return x @ W.T + torch.empty(6) * 0 + torch.empty(3).resize_(2, 6)[:, :1] * 0

    assert repeated(in_new_memory, lambda x: x @ W.T).products == 1


def test_gates_may_take_the_positive_numbers_alone() -> None:
    def in_two_parts(x: Tensor) -> Tensor:
        z = x @ W.T
        out, positive = torch.empty_like(z), z > 0
        out[positive] = 1 / (1 + torch.exp(-z[positive]))
        out[~positive] = torch.exp(z[~positive]) / (1 + torch.exp(z[~positive]))
        return out

    assert repeated(in_two_parts, lambda x: (x @ W.T).sigmoid()).products == 1


def test_products_in_pieces_are_counted_by_their_numbers() -> None:
    found = repeated(lambda x: sum(x[:, i : i + 1] * W[:, i] for i in range(120)))
    assert (found.products, found.in_pieces) == (0, 12 * 120)


def test_sums_that_could_hide_a_product_are_counted() -> None:
    """(w + y) - y is w where y is 0, and 0 where y is 2^80."""

    def by_rounding(x: Tensor) -> Tensor:
        huge = (x[:, None] <= 0) * 2.0**80
        return (W + huge - huge).sum(-1)

    found = repeated(by_rounding, lambda x: (x > 0).double() @ W.T)
    assert found.products == 0
    assert found.added == 3 * 2 * 720


def test_moving_numbers_adds_none() -> None:
    def moved(x: Tensor) -> Tensor:
        products = torch.cat([x[:, None] * W.flip(0)], 1).flip(1).permute(2, 0, 1).contiguous()
        return F.pad(products, (0, 1)).roll(0)[..., :6].sum(0)

    found = repeated(moved, lambda x: x @ W.T)
    assert (found.products, found.added) == (1, 2 * 720)


def test_what_nothing_is_made_of_counts_only_as_a_product() -> None:
    def watched(x: Tensor) -> Tensor:
        z = x @ W.T
        for row in z:
            for value in row:
                assert value * value >= 0
        return z * 1

    plain, seen = repeated(lambda x: x @ W.T * 1), repeated(watched)
    assert seen[1:] == plain[1:]
    assert repeated(lambda x: (x @ W.flip(0).T, x @ W.T * 1)[1]).products == 2


def test_what_something_writes_into_is_not_nothing() -> None:
    def into_memory(x: Tensor) -> Tensor:
        result = torch.zeros(2, 6, dtype=x.dtype)
        for i in range(120):
            result.t().add_((x[:, i : i + 1] * W[:, i]).t())
        return result

    assert repeated(into_memory).in_pieces == 12 * 120


def by_numbers(x: Tensor) -> Tensor:
    return torch.stack([sum(x[:, i] * w for i, w in enumerate(unit)) for unit in W.tolist()], 1)


def by_packed_numbers(x: Tensor) -> Tensor:
    packed = torch.complex(W[:3], W[3:]).tolist()
    units = [sum(x[:, i] * w for i, w in enumerate(pair)) for pair in packed]
    return torch.stack([u.real for u in units] + [u.imag for u in units], 1)


def by_whole_numbers(x: Tensor) -> Tensor:
    return x @ (torch.tensor((W * 2**20).int().tolist()).double() / 2**20).T


def by_sizes(x: Tensor) -> Tensor:
    sizes = [int(size) for size in ((W + 8) * 2**10).flatten()]
    parts = [torch.ones(1, dtype=torch.float64).expand(size).sum() for size in sizes]
    return x @ (torch.stack(parts).view(6, 120) / 2**10 - 8).double().T


def by_choice(x: Tensor) -> Tensor:
    """A table holds all numbers that there can be; which of them are taken makes the weights."""
    table = (torch.arange(2**14) / 2**10 - 8).unbind()
    chosen = [table[int(place)] for place in ((W + 8) * 2**10).flatten()]
    return x @ torch.stack(chosen).view(6, 120).double().T


HIDDEN = {
    by_numbers: 720,
    by_packed_numbers: 720,
    by_whole_numbers: 720,
    by_sizes: 720,
    by_choice: 720,
}


@pytest.mark.parametrize("way", HIDDEN)
def test_weights_cannot_hide_among_numbers(way: Callable[[Tensor], Tensor]) -> None:
    """Then their products with data go unseen, but not the numbers that tell of them."""
    found = repeated(way)
    assert found.products == 0
    assert found.beside >= HIDDEN[way]


def test_weights_in_small_tensors_are_weights() -> None:
    vectors = [row.clone() for row in W]
    assert repeated(lambda x: torch.stack([x @ vector for vector in vectors], 1)).products == 6


def test_there_is_an_end() -> None:
    step = ["aten::ones", "", [[1]], {}, [0]]
    with pytest.raises(ValueError, match=f"{MOST + 1} operations"):
        repeat({"given": [], "steps": [step] * (MOST + 1)}, [], [[], []], 1)
