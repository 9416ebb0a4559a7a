"""Operations that were noted are done once more with other numbers, and their products counted.

Whoever noted them may not tell the truth. So what they make of numbers that nobody knew before has
to be what the code itself makes of them: then these operations are a way to do it. And as they may
ask for anything, a grader does them where they can do no harm.
"""

from typing import Any, NamedTuple

import torch
from torch import Tensor
from torch.utils._pytree import tree_leaves

from lmlib.checks.meetings import (
    at_once,
    has_fractions,
    in_three_rounds,
    meet,
    number_by_number,
    tensors_in,
)

NAMED = {
    str(value): value
    for value in vars(torch).values()
    if isinstance(value, torch.dtype | torch.memory_format | torch.layout)
} | {"cpu": torch.device("cpu")}
MOST = 30_000  # operations
Arguments = tuple[list[Any], dict[str, Any]]


class Repeated(NamedTuple):
    """The tensors of the size asked for, the products, and what could stand in for products.

    `singly` is how many numbers came from weights and data that met number by number, as gates do.
    `beside` is in how many places what was noted could tell of weights: steps, their arguments, and
    the elements of given tensors that hold whole numbers.
    """

    made: list[Tensor]
    products: int
    singly: int
    beside: int


def repeat(noted: Any, others: dict[Tensor, Tensor], size: int) -> Repeated:
    """Do all that was noted, but with other numbers for the given tensors that are data.

    All other given tensors are weights. `size` is that of tensors wanted. Where weights meet data
    number by number, that is a product if these are more than eight times as many.
    """
    remote = getattr(noted, "__lmgrade_repeat__", None)
    if remote is not None:
        return Repeated(*remote(others, size))
    if len(noted["steps"]) > MOST:
        raise ValueError(f"it takes {len(noted['steps'])} operations")
    rounds = [Round(given) for given in in_three_rounds(noted["given"], others)]
    beside = sum(tensor.numel() for tensor in noted["given"] if not has_fractions(tensor))
    beside += _count_places(noted["steps"])
    products = singly = 0
    with torch.no_grad():
        for name, overload, args, kwargs, numbers in noted["steps"]:
            operation = _operation(name, overload)
            calls = [each.arguments(args, kwargs) for each in rounds]
            both = at_once(operation, calls)
            results = [
                each.do(operation, call, numbers) for each, call in zip(rounds, calls, strict=True)
            ]
            if both is None:
                continue
            arguments, made = tensors_in(both), Round([]).do(operation, both, numbers)
            if meet(made, results, arguments):
                numel = max(part.numel() * (1 + part.is_complex()) for part in arguments + made)
                single = number_by_number(operation) and numel <= 8 * size
                singly += numel * single
                products += not single
    wanted = [tensor.clone() for tensor in rounds[0].tensors.values() if tensor.numel() == size]
    return Repeated(wanted, products, singly, beside)


class Round:
    """The tensors of one round, by the numbers with which they were noted."""

    def __init__(self, given: list[Tensor]) -> None:
        self.tensors: dict[int, Tensor] = {}
        self._given = given

    def arguments(self, args: list[Any], kwargs: dict[str, Any]) -> Arguments:
        """Those of an operation, from the form in which they were noted."""
        return self._value(args), {name: self._value(value) for name, value in kwargs.items()}

    def do(self, operation: Any, arguments: Arguments, numbers: list[int]) -> list[Tensor]:
        """Do an operation; return its results, and the arguments that it wrote to."""
        args, kwargs = arguments
        made = tensors_in(operation(*args, **kwargs))
        self.tensors.update(zip(numbers, made, strict=True))
        return made + tensors_in(_written(operation, args, kwargs))

    def _value(self, plain: Any) -> Any:
        match plain:
            case list():
                return [self._value(part) for part in plain]
            case {"tensor": number}:
                return self.tensors[number]
            case {"given": [number, place]}:
                return self.tensors.setdefault(number, self._given[place])
            case {"torch": name}:
                return NAMED[name]
        return plain


def _count_places(steps: list[Any]) -> int:
    """How many steps there are, and numbers, tensors and letters among their arguments."""
    leaves = tree_leaves([step[2:4] for step in steps])
    return len(steps) + sum(len(leaf) if isinstance(leaf, str) else 1 for leaf in leaves)


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
