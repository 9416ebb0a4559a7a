"""Measurements that a check takes of running code, in this process or in a grader's worker.

A check that counts matrix products or autograd nodes looks beneath the values. In a notebook
that is a look at one's own process. Under `lmgrade` the student's code lives elsewhere: its
stand-ins answer through the attribute `__lmgrade_remote__`, and its part of an autograd graph
through `__lmgrade_nodes__`.
"""

from collections.abc import Callable
from typing import Any

from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode

PRODUCTS = {"mm", "addmm", "bmm", "baddbmm", "addbmm", "mv", "addmv", "dot", "linear"}


class ProductCounter(TorchDispatchMode):
    """Counts the matrix products that PyTorch runs while the mode is on."""

    def __init__(self) -> None:
        super().__init__()
        self.count = 0

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        self.count += func.overloadpacket.__name__ in PRODUCTS
        return func(*args, **(kwargs or {}))


def matrix_products(function: Callable[..., Any], *args: Any) -> tuple[Any, int]:
    """Call `function(*args)`; return its result and how many matrix products it took."""
    remote = getattr(function, "__lmgrade_remote__", None)
    if remote is not None:
        result: tuple[Any, int] = remote("matrix_products", args)
        return result
    with ProductCounter() as counter:
        result = function(*args)
    return result, counter.count


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
