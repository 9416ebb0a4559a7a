"""What a check asks of running code beyond a single call, here or in a grader's worker.

A check that counts multiplications or autograd nodes, or asks which functions of torch are called,
looks beneath the values; one that calls often has a message to save. In a notebook all that happens
in one's own process. Under `lmgrade` the student's code lives elsewhere: its stand-ins answer
through the attribute `__lmgrade_remote__`, what makes a module through `__lmgrade_new__`, and their
part of an autograd graph through `__lmgrade_nodes__`.
"""

from collections.abc import Callable, Sequence
from typing import Any

from torch import Tensor

from lmlib.checks.meters import METERS


def each(
    function: Callable[..., Any], inputs: Sequence[Tensor], new: list[Any] | None = None
) -> list[Any]:
    """Call `function` with one input after the other; a grader does that in a single exchange.

    Where `new` holds arguments, `function` makes a module of them, which trains and is called.
    """
    remote = getattr(function, _answering(new), None)
    if remote is not None:
        results: list[Any] = remote([list(inputs), new], each=True)[0]
        return results
    if new is not None:
        function = function(*new)
        function.train()  # type: ignore[attr-defined]
    return [function(x) for x in inputs]


def _answering(new: list[Any] | None) -> str:
    return "__lmgrade_remote__" if new is None else "__lmgrade_new__"


def operations_of(function: Callable[..., Any], *args: Any) -> tuple[Any, Any]:
    """Call `function(*args)`; return its result and which operations of PyTorch made it.

    These are for `lmlib.checks.operations.repeat`.
    """
    return _measure("operations", function, args)


def calls_of(function: Callable[..., Any], *args: Any) -> tuple[Any, set[str]]:
    """Call `function(*args)`; return its result and the names of the torch functions it calls.

    A function is named once, without what it calls itself: `nn.Dropout` shows as `dropout`, whether
    it comes from `torch`, `torch.nn.functional`, `torch.Tensor` or `torch.ops`.
    """
    result, names = _measure("calls_of", function, args)
    return result, set(names)


def calls_of_each(
    function: Callable[..., Any], inputs: Sequence[Tensor], new: list[Any] | None = None
) -> set[str]:
    """The names for a row of calls, and for making the module, as by `each`."""
    remote = getattr(function, _answering(new), None)
    if remote is not None:
        return set(remote([list(inputs), new], each=True, meter="calls_of")[1])
    return calls_of(each, function, inputs, new)[1]


def has_ready_made(function: Callable[..., Any]) -> bool:
    """Whether PyTorch's own layers are there; a grader takes away what is to be written."""
    return not hasattr(function, "__lmgrade_remote__")


def _measure(meter: str, function: Callable[..., Any], args: Any) -> tuple[Any, Any]:
    remote = getattr(function, "__lmgrade_remote__", None)
    if remote is not None:
        result: tuple[Any, Any] = remote(args, meter=meter)
        return result
    with METERS[meter]() as mode:
        return function(*args), mode.found


def graph_size(tensor: Tensor) -> int:
    """Count the autograd nodes that a tensor's history holds; 0 if it needs no gradient."""
    seen, queue, total = set(), [tensor.grad_fn], 0
    while queue:
        node = queue.pop()
        if node is None or node in seen:
            continue
        seen.add(node)
        nodes = getattr(node, "__lmgrade_nodes__", None)
        total += 1 if nodes is None else nodes()
        queue += [following for following, _ in node.next_functions]
    return total
