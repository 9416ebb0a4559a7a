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
    """One time that the operations are done, all of them in float64.

    `tensors` holds what was given or made so far, by the numbers with which it was noted.
    """

    def __init__(self, given: Sequence[Tensor]) -> None:
        self.tensors: dict[int, Tensor] = {}
        self._given = [part.to(_dtype(part.dtype), copy=True) for part in given]

    def arguments(self, args: list[Any], kwargs: dict[str, Any]) -> Arguments:
        """Those of an operation, from the form in which they were noted."""
        return self._value(args), {name: self._value(value) for name, value in kwargs.items()}

    def do(self, operation: Any, arguments: Arguments, numbers: list[int]) -> list[Tensor]:
        """Do an operation and keep what it returns; return all that it made or may have changed."""
        returned = results_of(operation, *arguments)
        self.tensors.update(zip(numbers, returned, strict=True))
        return returned + tensors_in(arguments)

    def of_size(self, size: int) -> dict[int, Tensor]:
        """The tensors given or made that hold so many numbers."""
        return {n: tensor for n, tensor in self.tensors.items() if tensor.numel() == size}

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
                return _dtype(named) if isinstance(named, torch.dtype) else named
        if not isinstance(plain, bool | int | float | complex | str | None):
            raise ValueError(f"{type(plain).__name__} is no argument that can be given again")
        return plain


@contextlib.contextmanager
def in_float64() -> Iterator[None]:
    """What is made without a dtype is float64, and nothing needs a gradient."""
    before = torch.get_default_dtype()
    torch.set_default_dtype(torch.float64)
    try:
        with torch.no_grad():
            yield
    finally:
        torch.set_default_dtype(before)


def results_of(operation: Any, args: list[Any], kwargs: dict[str, Any]) -> list[Tensor]:
    """What an operation returns, with no difference between rounds by chance or by old memory."""
    torch.default_generator.manual_seed(0)  # not of devices, which would take far longer
    sizes = [part.untyped_storage().nbytes() for part in tensors_in(args)]
    returned = tensors_in(operation(*args, **kwargs))
    if any(part in operation._schema.name for part in ("empty", "resize")):
        start = sizes[0] if operation._schema.is_mutable else 0
        for storage in (part.untyped_storage() for part in returned):
            if storage.nbytes() > start:
                storage[start:].fill_(0)
    return returned


def operation_of(name: str, overload: str) -> Any:
    """An operation of PyTorch's own on tensors; whoever noted it may have named anything."""
    space, _, plain = name.partition("::")
    found = getattr(getattr(torch.ops.aten, plain, None), overload or "default", None)
    known = isinstance(found, torch._ops.OpOverload) and torch._C._dispatch_has_kernel(found.name())
    if space != "aten" or not known or _opens_files(found):  # others are TorchScript's, as `grad`
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
    return [
        part if any(part is one for one in data) else _drawn_like(part, chance) for part in given
    ]


def _drawn_like(part: Tensor, chance: torch.Generator) -> Tensor:
    if not has_fractions(part):
        return part
    if not part.any():
        return torch.zeros_like(part)  # their signs could tell of weights
    drawn = 0.05 + torch.rand(part.shape, generator=chance, dtype=_dtype(part.dtype)) / 10
    return torch.empty_like(part, dtype=drawn.dtype).copy_(drawn)  # with its strides


def _dtype(dtype: torch.dtype) -> torch.dtype:
    """Which dtype stands for one here."""
    if dtype.is_complex:
        return torch.complex128
    return torch.float64 if dtype.is_floating_point else dtype


def _same(a: Tensor, b: Tensor) -> bool:
    return a.dtype == b.dtype and a.shape == b.shape and torch.equal(a, b)


def _opens_files(operation: Any) -> bool:
    return any("file" in argument.name for argument in operation._schema.arguments)
