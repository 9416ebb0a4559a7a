"""Operations that were noted are done once more with other numbers, and their products counted.

Whoever noted them may not tell the truth. So what they make of numbers that nobody knew before has
to be what the code itself makes of them: then these operations are a way to do it. And as they may
ask for anything, a grader does them where they can do no harm.
"""

from typing import Any, NamedTuple

import torch
from torch import Tensor
from torch.utils._pytree import tree_leaves

NAMED = {
    str(value): value
    for value in vars(torch).values()
    if isinstance(value, torch.dtype | torch.memory_format | torch.layout)
} | {"cpu": torch.device("cpu")}
KINDS: tuple[set[str], ...] = ({"weights"}, set())
MAKERS = ("empty", "full", "new_", "ones", "zeros")  # whose argument says how large, not what


MOST = 1000  # operations; and an int beyond it is no size


class Repeated(NamedTuple):
    """Tensors of the size asked for, how many products, and the numbers in weights and the rest."""

    made: list[Tensor]
    products: int
    weights: int
    rest: int


def repeat(noted: Any, others: dict[Tensor, Tensor], size: int, few: int) -> Repeated:
    """Do all that was noted, but with other numbers for some of the given tensors.

    A given tensor of more than `few` numbers that is none of these is taken for weights; a product
    is each operation that takes both, or what was made of them. `size` is that of tensors wanted.
    """
    remote = getattr(noted, "__lmgrade_repeat__", None)
    if remote is not None:
        return Repeated(*remote(others, size, few))
    given = [_exchanged(tensor, others).clone() for tensor in noted["given"]]
    origins = Origins()
    for tensor, old in zip(given, noted["given"], strict=True):
        if any(_same(old, known) for known in others):
            origins.add(tensor, {"data"})
        elif tensor.numel() > few:
            origins.add(tensor, {"weights"})
    weights, rest = (sum(t.numel() for t in given if origins.of([t]) == k) for k in KINDS)
    rest += sum(isinstance(part, float) or part > MOST for part in _numbers(noted["steps"]))
    tensors: dict[int, Tensor] = {}
    products = 0
    if len(noted["steps"]) > MOST:
        raise ValueError(f"it takes {len(noted['steps'])} operations")
    with torch.no_grad():
        for name, overload, plain_args, plain_kwargs, numbers in noted["steps"]:
            args = [_value(plain, tensors, given) for plain in plain_args]
            kwargs = {key: _value(plain, tensors, given) for key, plain in plain_kwargs.items()}
            made = _tensors(_operation(name, overload)(*args, **kwargs))
            tensors.update(zip(numbers, made, strict=True))
            if made and not name.partition("::")[2].startswith(MAKERS):
                both = origins.of(_tensors([args, kwargs]))
                products += len(both) == 2
                for tensor in made:
                    origins.add(tensor, both & {"data"} or both)
    wanted = [tensor.clone() for tensor in tensors.values() if tensor.numel() == size]
    return Repeated(wanted, products, weights, rest)


class Origins:
    """Whether numbers come from data, from weights, or from both; views share their memory."""

    def __init__(self) -> None:
        self._found: dict[int, set[str]] = {}
        self._kept: list[Tensor] = []  # or another one could lie where it was

    def add(self, tensor: Tensor, kinds: set[str]) -> None:
        self._kept.append(tensor)
        self._found.setdefault(_memory(tensor), set()).update(kinds)

    def of(self, tensors: list[Tensor]) -> set[str]:
        return set().union(*(self._found.get(_memory(tensor), ()) for tensor in tensors))


def _memory(tensor: Tensor) -> int:
    return tensor.untyped_storage().data_ptr()


def _exchanged(tensor: Tensor, others: dict[Tensor, Tensor]) -> Tensor:
    return next((new for old, new in others.items() if _same(old, tensor)), tensor)


def _same(a: Tensor, b: Tensor) -> bool:
    return a.dtype == b.dtype and a.shape == b.shape and torch.equal(a, b)


def _value(plain: Any, tensors: dict[int, Tensor], given: list[Tensor]) -> Any:
    """An argument of an operation, from the form in which it was noted."""
    match plain:
        case list():
            return [_value(part, tensors, given) for part in plain]
        case {"tensor": number}:
            return tensors[number]
        case {"given": [number, place]}:
            return tensors.setdefault(number, given[place])
        case {"torch": name}:
            return NAMED[name]
    return plain


def _numbers(tree: Any) -> list[float]:
    return [part for part in tree_leaves(tree) if isinstance(part, int | float)]


def _tensors(tree: Any) -> list[Tensor]:
    return [part for part in tree_leaves(tree) if isinstance(part, Tensor)]


def _operation(name: str, overload: str) -> Any:
    space, _, plain = name.partition("::")
    return getattr(getattr(getattr(torch.ops, space), plain), overload or "default")
