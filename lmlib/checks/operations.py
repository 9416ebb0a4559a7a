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
MOST = 30_000  # operations
LARGE = 128  # an int beyond it is no index


class Repeated(NamedTuple):
    """Tensors of the size asked for, how many products, and the numbers in weights and beside."""

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
    rest += len(_numbers([step[2:4] for step in noted["steps"]]))
    tensors: dict[int, Tensor] = {}
    products = 0
    if len(noted["steps"]) > MOST:
        raise ValueError(f"it takes {len(noted['steps'])} operations")
    with torch.no_grad():
        for name, overload, plain_args, plain_kwargs, numbers in noted["steps"]:
            args = [_value(plain, tensors, given) for plain in plain_args]
            kwargs = {key: _value(plain, tensors, given) for key, plain in plain_kwargs.items()}
            kinds = origins.of(_tensors([args, kwargs]))
            operation = _operation(name, overload)
            made = _tensors(operation(*args, **kwargs))
            tensors.update(zip(numbers, made, strict=True))
            written = _tensors([*_written(operation, args, kwargs), *made])
            if written and not name.partition("::")[2].startswith(MAKERS):
                products += len(kinds) == 2
                for tensor in written:
                    origins.add(tensor, kinds & {"data"} or kinds)
    wanted = [tensor.clone() for tensor in tensors.values() if tensor.numel() == size]
    return Repeated(wanted, products, weights, rest)


class Origins:
    """Whether numbers come from data, from weights, or from both; views share their storage."""

    def __init__(self) -> None:
        self._found: dict[int, set[str]] = {}
        self._kept: list[Any] = []  # or another storage could take the place of one

    def add(self, tensor: Tensor, kinds: set[str]) -> None:
        storage = tensor.untyped_storage()
        self._kept.append(storage)
        self._found.setdefault(storage._cdata, set()).update(kinds)

    def of(self, tensors: list[Tensor]) -> set[str]:
        places = [tensor.untyped_storage()._cdata for tensor in tensors]
        return set().union(*(self._found.get(place, ()) for place in places))


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


def _numbers(arguments: Any) -> set[Any]:
    """The numbers that arguments hold, but for what may be sizes and indices."""
    numbers: set[Any] = set()
    queue = [arguments]
    for part in queue:
        if isinstance(part, list | dict):
            named = isinstance(part, dict) and {"tensor", "given", "torch"} & part.keys()
            queue += [] if named else part.values() if isinstance(part, dict) else part
        elif isinstance(part, float | complex) or (isinstance(part, int) and abs(part) > LARGE):
            numbers.add(part)
    return numbers


def _tensors(tree: Any) -> list[Tensor]:
    return [part for part in tree_leaves(tree) if isinstance(part, Tensor)]


def _written(operation: Any, args: list[Any], kwargs: dict[str, Any]) -> list[Any]:
    """The arguments that an operation writes to; it need not return them."""
    wanted = operation._schema.arguments
    given = {part.name: value for part, value in zip(wanted, args, strict=False)} | kwargs
    return [given.get(part.name) for part in wanted if part.is_write]


def _operation(name: str, overload: str) -> Any:
    """An operation of PyTorch's own on tensors; whoever noted it may have named anything."""
    space, _, plain = name.partition("::")
    found = getattr(getattr(torch.ops.aten, plain, None), overload or "default", None)
    if space != "aten" or not isinstance(found, torch._ops.OpOverload) or _opens_files(found):
        raise ValueError(f"{name[:60]} is no operation of PyTorch's own on tensors")
    return found


def _opens_files(operation: Any) -> bool:
    return any("file" in argument.name for argument in operation._schema.arguments)
