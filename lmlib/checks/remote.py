"""What a check asks of running code beyond a single call, here or in a grader's worker.

A check that counts multiplications or autograd nodes, or asks which functions of torch are called,
looks beneath the values; one that calls often has a message to save. In a notebook all that happens
in one's own process. Under `lmgrade` the student's code lives elsewhere: its stand-ins answer
through the attribute `__lmgrade_remote__`, classes of modules through `__lmgrade_made__`, and
their part of an autograd graph through `__lmgrade_nodes__`.
"""

import os
import sys
from collections.abc import Callable, Sequence
from types import FrameType
from typing import Any

import torch
from torch import Tensor
from torch.overrides import TorchFunctionMode
from torch.utils._python_dispatch import TorchDispatchMode

# Operations that write into their first argument have the same name with a "_".
PRODUCTS = {"mm", "bmm", "mv", "dot", "vdot", "addmm", "baddbmm", "addbmm", "addmv"}
ELEMENTWISE = {"mul", "addcmul"}
TORCH = os.path.join(os.path.dirname(torch.__file__), "")


class MultiplicationCounter(TorchDispatchMode):
    """Notes how many numbers each operation of PyTorch multiplies while the mode is on."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[int] = []

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        result = func(*args, **(kwargs or {}))
        name = func.overloadpacket.__name__.rstrip("_")
        if name in PRODUCTS:
            left, right = args[name.startswith(("add", "badd")) :][:2]
            self.found.append(left.numel() * (right.shape[-1] if right.dim() > 1 else 1))
        elif name == "convolution":
            self.found.append(result.numel() * args[1][0].numel())
        elif name in ELEMENTWISE:
            self.found.append(result.numel())
        return result


class CallRecorder(TorchFunctionMode):
    """Notes the names of the torch functions and methods that Python code calls.

    And of those that PyTorch writes in Python itself, such as `torch._refs.nn.functional.dropout`;
    the `forward` of a module shows as its file, such as `torch/nn/modules/linear.py`.
    """

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []  # plain data, which a worker can send

    def __enter__(self) -> Any:
        self._before: Any = sys.getprofile()
        sys.setprofile(self._note_frame)
        return super().__enter__()

    def __exit__(self, *error: Any) -> None:
        sys.setprofile(None)
        if callable(self._before):
            sys.setprofile(self._before)
        elif self._before is not None:  # a profiler such as cProfile's
            self._before.enable()
        super().__exit__(*error)

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        self._note(getattr(func, "__name__", "").partition(".")[0])  # an overload has a suffix
        return func(*args, **(kwargs or {}))

    def _note_frame(self, frame: FrameType, event: str, _: Any) -> None:
        name, path = frame.f_code.co_name, frame.f_code.co_filename
        if event == "call" and path.startswith(TORCH):
            file = f"torch/{path.removeprefix(TORCH).replace(os.sep, '/')}"
            self._note(file if name == "forward" else name)

    def _note(self, name: str) -> None:
        if name not in self.found:
            self.found.append(name)


METERS: dict[str, Callable[[], Any]] = {
    "multiplications": MultiplicationCounter,
    "calls_of": CallRecorder,
}


def each(function: Callable[..., Any], inputs: Sequence[Tensor]) -> list[Any]:
    """Call `function` with one input after the other; a grader does that in a single exchange."""
    remote = getattr(function, "__lmgrade_remote__", None)
    if remote is not None:
        results: list[Any] = remote([list(inputs)], each=True)[0]
        return results
    return [function(x) for x in inputs]


def multiplications(function: Callable[..., Any], *args: Any) -> tuple[Any, list[int]]:
    """Call `function(*args)`; return its result and how many numbers each operation multiplies.

    [n, m] times [m, p] are n · m · p multiplications, whether they run as a matrix product, as a
    convolution or element by element.
    """
    return _measure("multiplications", function, args)


def calls_of(function: Callable[..., Any], *args: Any) -> tuple[Any, set[str]]:
    """Call `function(*args)`; return its result and the names of the torch functions it calls.

    A function is named once, without what it calls itself: `nn.Dropout` shows as `dropout`, whether
    it comes from `torch`, `torch.nn.functional`, `torch.Tensor` or `torch.ops`.
    """
    result, names = _measure("calls_of", function, args)
    return result, set(names)


def calls_of_each(function: Callable[..., Any], inputs: Sequence[Tensor]) -> set[str]:
    """The names for a row of calls with one input after the other, as by `each`."""
    remote = getattr(function, "__lmgrade_remote__", None)
    if remote is not None:
        return set(remote([list(inputs)], each=True, meter="calls_of")[1])
    return calls_of(each, function, inputs)[1]


def _measure(meter: str, function: Callable[..., Any], args: Any) -> tuple[Any, Any]:
    how = "__lmgrade_made__" if isinstance(function, type) else "__lmgrade_remote__"
    remote = getattr(function, how, None)
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
