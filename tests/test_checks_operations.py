"""Noted operations give, with other numbers, what the code gives for them; products are counted."""

from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from lmlib.checks import Symptom
from lmlib.checks.operations import repeat
from lmlib.checks.remote import operations_of

W = torch.randn(6, 5, generator=torch.Generator().manual_seed(1))


def in_place(x: Tensor) -> Tensor:
    out = torch.zeros(6, 2, dtype=x.dtype)
    out.t().add_(x @ W.t())
    out[0].mul_(3).sub_(out[1])
    return out.tanh_().clone()


def in_rows(x: Tensor) -> Tensor:
    return torch.func.vmap(lambda row: W @ row)(x)


SCRIPT = torch.jit.CompilationUnit("def f(x, w):\n    return torch.sigmoid(x.matmul(w.t()))\n")

WAYS: dict[str, tuple[Callable[[Tensor], Tensor], list[int]]] = {
    "linear": (lambda x: F.linear(x, W), [60]),
    "module": (nn.Linear(5, 6), [60]),
    "einsum": (lambda x: torch.einsum("bi,oi->bo", x, W), [60]),
    "element by element": (lambda x: (x[:, None] * W).sum(-1), [60]),
    "convolution": (lambda x: F.conv1d(x[:, :, None], W[:, :, None]), [60]),
    "in place": (in_place, [60, 2]),
    "pieces": (lambda x: torch.stack([W @ row for row in x]), [30, 30]),
    "in rows": (in_rows, [60]),
    "scripted": (lambda x: SCRIPT.f(x, W), [60]),
    "with numbers": (lambda x: torch.cat([x.new_ones(2, 1) / 2, x], 1).softmax(1).exp() + 1, []),
    "in another dtype": (lambda x: (x.double() @ W.double().T).float(), [60]),
}


def is_among(wanted: Tensor, made: list[Tensor]) -> bool:
    return any(t.shape == wanted.shape and torch.allclose(t.to(wanted), wanted) for t in made)


@pytest.mark.parametrize("way", WAYS)
def test_the_same_operations_with_other_numbers(way: str) -> None:
    function, counts = WAYS[way]
    x, other = torch.randn(2, 5), torch.randn(2, 5)
    kept = x.clone()
    result, noted = operations_of(function, x)
    assert torch.equal(result, function(x))
    made, found = repeat(noted, {x: other})
    assert found == counts
    assert is_among(function(other.clone()), made)
    assert not is_among(result, made)
    assert torch.equal(x, kept)


def test_what_depends_on_more_than_operations_gives_other_numbers() -> None:
    def through_numpy(x: Tensor) -> Tensor:
        return torch.from_numpy(x.numpy() @ W.numpy().T) + 0

    x, other = torch.randn(2, 5), torch.randn(2, 5)
    _, noted = operations_of(through_numpy, x)
    made, counts = repeat(noted, {x: other})
    assert counts == []
    assert not is_among(through_numpy(other), made)


def test_only_arithmetic_is_done(tmp_path: Path) -> None:
    file = tmp_path / "made"
    for name in ("aten::from_file", "student::mul", "mul", "aten::_cudnn_rnn", "aten::__class__"):
        step = [name, "", [str(file), True, 9], {}, []]
        with pytest.raises(Symptom, match="cannot be counted"):
            repeat({"given": [], "steps": [step]}, {})
    for step in (["aten::mul", "__class__", [], {}, []], ["aten::mul", "Tensor", [2], {}, [0]]):
        with pytest.raises((KeyError, RuntimeError, TypeError)):
            repeat({"given": [], "steps": [step]}, {})
    assert not file.exists()
