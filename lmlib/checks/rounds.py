"""Operations that were noted, done in rounds: each with numbers of its own for what was given."""

import contextlib
from collections.abc import Iterator, Sequence
from typing import Any

import torch
from torch import Tensor
from torch.utils._pytree import tree_leaves

NAMED = {
    str(value): value
    for value in vars(torch).values()
    if isinstance(value, torch.dtype | torch.memory_format | torch.layout)
} | {"cpu": torch.device("cpu")}
Arguments = tuple[list[Any], dict[str, Any]]


class Round:
    """One time that the operations are done, all in one precision.

    `tensors` holds what was given or made so far, by the numbers with which it was noted.
    """

    def __init__(self, given: Sequence[Tensor], precision: torch.dtype) -> None:
        self.tensors: dict[int, Tensor] = {}
        self._precision = precision
        self._given = [part.to(self._dtype(part.dtype), copy=True) for part in given]

    def arguments(self, args: list[Any], kwargs: dict[str, Any]) -> Arguments:
        """Those of an operation, from the form in which they were noted."""
        return self._value(args), {name: self._value(value) for name, value in kwargs.items()}

    def do(self, operation: Any, arguments: Arguments, numbers: list[int]) -> list[Tensor]:
        """Do an operation and keep what it returns; return all that it made or may have changed."""
        args, kwargs = arguments
        sizes = [part.untyped_storage().nbytes() for part in tensors_in(args)]
        returned = tensors_in(operation(*args, **kwargs))
        if any(part in operation._schema.name for part in ("empty", "resize")):
            _clear(returned, sizes[0] if operation._schema.is_mutable else 0)
        self.tensors.update(zip(numbers, returned, strict=True))
        return returned + tensors_in(arguments)

    def _value(self, plain: Any) -> Any:
        match plain:
            case list():
                return [self._value(part) for part in plain]
            case {"tensor": number}:
                return self.tensors[number]
            case {"given": [number, place]}:
                return self.tensors.setdefault(number, self._given[place])
            case {"torch": name}:
                named = NAMED[name]
                return self._dtype(named) if isinstance(named, torch.dtype) else named
        return plain

    def _dtype(self, dtype: torch.dtype) -> torch.dtype:
        if dtype.is_complex:
            return self._precision.to_complex()
        return self._precision if dtype.is_floating_point else dtype


@contextlib.contextmanager
def in_precision(precision: torch.dtype) -> Iterator[None]:
    """What is made without a dtype has this one, and nothing needs a gradient."""
    before = torch.get_default_dtype()
    torch.set_default_dtype(precision)
    try:
        with torch.no_grad():
            yield
    finally:
        torch.set_default_dtype(before)


def operation_of(name: str, overload: str) -> Any:
    """An operation of PyTorch's own on tensors; whoever noted it may have named anything."""
    space, _, plain = name.partition("::")
    found = getattr(getattr(torch.ops.aten, plain, None), overload or "default", None)
    if space != "aten" or not isinstance(found, torch._ops.OpOverload) or _opens_files(found):
        raise ValueError(f"{name[:60]} is no operation of PyTorch's own on tensors")
    return found


def tensors_in(tree: Any) -> list[Tensor]:
    """The tensors among arguments or results."""
    return [part for part in tree_leaves(tree) if isinstance(part, Tensor)]


def has_fractions(tensor: Tensor) -> bool:
    """Whether it may hold weights, and not only indices or truth values."""
    return tensor.is_floating_point() or tensor.is_complex()


def with_other_data(
    given: list[Tensor], old: Sequence[Tensor], new: Sequence[Tensor]
) -> list[Tensor]:
    """The given tensors, but the new ones for those that are the same as an old one."""
    pairs = list(zip(old, new, strict=True))
    return [next((new for old, new in pairs if _same(old, part)), part) for part in given]


def with_other_weights(given: list[Tensor], data: Sequence[Tensor]) -> list[Tensor]:
    """The given tensors, but drawn anew, so that nothing tells of them, if they are no data.

    The new ones are positive, as numbers for a logarithm have to be; and zeros stay zeros.
    """
    chance = torch.Generator().manual_seed(sum(int(1e6 * part.abs().sum()) for part in data))
    are_data = [any(part is one for one in data) for part in given]
    return [
        0.05 + torch.rand(part.shape, generator=chance, dtype=torch.float64) / 10
        if has_fractions(part) and part.any() and not is_data
        else part
        for part, is_data in zip(given, are_data, strict=True)
    ]


def _same(a: Tensor, b: Tensor) -> bool:
    return a.dtype == b.dtype and a.shape == b.shape and torch.equal(a, b)


def _clear(tensors: list[Tensor], start: int) -> None:
    """Let new memory hold zeros, and not what another round left there."""
    for part in tensors:
        storage = part.untyped_storage()
        if storage.nbytes() > start:
            storage[start:].fill_(0)


def _opens_files(operation: Any) -> bool:
    return any("file" in argument.name for argument in operation._schema.arguments)
