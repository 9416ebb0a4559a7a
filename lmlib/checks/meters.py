"""What is noted while code runs: PyTorch's operations, and the names of its functions."""

import os
import re
import sys
from collections.abc import Callable
from types import FrameType
from typing import Any

import torch
from torch.overrides import TorchFunctionMode

from lmlib.checks.recorder import OperationRecorder

BOUND = re.compile(r"Automatically bound operator '([^']+)")  # in its documentation
TORCH = os.path.join(os.path.dirname(torch.__file__), "")


class FrameRecorder:
    """Notes the names of what PyTorch writes in Python, as `torch._refs.nn.functional.dropout`.

    And of its functions in C. The `forward` of a module shows as its file, such as
    `torch/nn/modules/linear.py`.
    """

    def __init__(self) -> None:
        self.found: dict[str, None] = {}  # a set that keeps its order

    def __enter__(self) -> "FrameRecorder":
        self._before: Any = sys.getprofile()
        sys.setprofile(self._note_frame)
        return self

    def __exit__(self, *error: Any) -> None:
        sys.setprofile(None)
        if callable(self._before):
            sys.setprofile(self._before)
        elif self._before is not None:  # a profiler such as cProfile's
            self._before.enable()

    def note(self, name: str, function: Any) -> None:
        """Note a function's name, if it is PyTorch's."""
        if name not in self.found and not _is_other(function):
            self.found[name] = None

    def _note_frame(self, frame: FrameType, event: str, function: Any) -> None:
        if event == "c_call":
            if (name := getattr(function, "__name__", "")) in vars(torch):
                self.note(name, function)
        elif event == "call" and (path := frame.f_code.co_filename).startswith(TORCH):
            name = frame.f_code.co_name
            file = f"torch/{path.removeprefix(TORCH).replace(os.sep, '/')}"
            self.found[file if name == "forward" else name] = None


class CallRecorder(TorchFunctionMode):
    """Notes the names of the torch functions and methods that Python code calls."""

    def __init__(self) -> None:
        super().__init__()
        self._frames = FrameRecorder()
        self._called: dict[Any, None] = {}  # a name takes longer to find than most calls

    @property
    def found(self) -> list[str]:
        """The names so far."""
        self._note_calls()
        return list(self._frames.found)

    def _note_calls(self) -> None:
        for function in self._called:
            name = getattr(function, "__name__", "").partition(".")[0]  # an overload has a suffix
            self._frames.note(name, function)

    def __enter__(self) -> Any:
        self._frames.__enter__()
        return super().__enter__()

    def __exit__(self, *error: Any) -> None:
        self._frames.__exit__(*error)
        super().__exit__(*error)
        self._note_calls()

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        self._called[func] = None
        return func(*args, **kwargs) if kwargs else func(*args)


METERS: dict[str, Callable[[], Any]] = {
    "operations": OperationRecorder,
    "calls_of": CallRecorder,
}


def _is_other(function: Any) -> bool:
    """Whether it is an operation of another library than PyTorch's, which may have any name."""
    name = getattr(function, "_qualified_op_name", None) or getattr(function, "_name", None)
    bound = BOUND.search(str(function.__doc__))
    name = name or (bound[1] if bound else "aten::")
    return not name.startswith(("aten::", "quantized::"))
