"""Which of PyTorch's ready-made layers run in a worker, noted where its code has no say.

PyTorch's dispatcher leads each call of an operation to a kernel: the code for one kind of tensors.
Traps take the places of these kernels, so that every way ends in one, whatever thread or mode the
call comes from. A trap makes a note in memory that the checker reads. No module names the traps or
that memory, and what is there when a worker calls `gc.freeze` is on no list of objects.
"""

import gc
import mmap
import os
import re
from collections.abc import Callable
from typing import Any

import torch

READY_MADE = re.compile(r"aten::(\w*(?:dropout|lstm|gru|rnn)\w*)(?:\.\w+)?")
OPERATIONS = sorted(filter(READY_MADE.fullmatch, torch._C._dispatch_get_all_op_names()))
NAMES = sorted({READY_MADE.sub(r"\1", operation) for operation in OPERATIONS})
# The keys under which kernels compute, and those that find them; all others lead on to these.
KERNELS = {
    "CompositeImplicitAutograd": "CPU",
    "FuncTorchBatchedDecomposition": "FuncTorchBatched",
    **{key: key for key in ("CPU", "NestedTensorCPU", "QuantizedCPU", "Meta")},
    **{key: key for key in ("FuncTorchDynamicLayerFrontMode", "FuncTorchVmapMode")},
}


class Notes:
    """The checker's end of the memory: a byte for each name, 1 if such an operation has run."""

    def __init__(self) -> None:
        self.file = open(os.memfd_create("notes"), "r+b", buffering=0)  # noqa: SIM115
        self.file.truncate(mmap.PAGESIZE)
        self._page = mmap.mmap(self.file.fileno(), mmap.PAGESIZE)

    def take(self) -> list[str]:
        """The names of what has run since this was last asked."""
        found = [name for name, ran in zip(NAMES, self._page[:], strict=False) if ran]
        self._page[:] = bytes(mmap.PAGESIZE)
        return found


def set_traps() -> Callable[[int], None]:
    """Set the traps; return what connects them with the file of notes, to be forgotten then."""
    # Not `torch.library.Library`: it keeps a list of what it holds.
    library: Any = torch._C._dispatch_library("IMPL", "aten", "", __file__, 0)
    kept: list[Any] = [library]  # PyTorch forgets the traps with it
    traced, mode = torch._C._TorchDispatchModeKey.PROXY, torch._C._get_dispatch_mode

    def trap(name: str, work: Callable[..., Any]) -> Callable[..., Any]:
        place = NAMES.index(name)

        def run(*args: Any, **kwargs: Any) -> Any:
            for page in kept[1:]:
                page[place] = 1
                if mode(traced):  # its steps would run later, under other names
                    raise RuntimeError(f"PyTorch's own {name} cannot be traced while grading")
            return work(*args, **kwargs)

        return run

    def connect(fd: int) -> None:
        kept.append(mmap.mmap(fd, mmap.PAGESIZE))
        gc.freeze()

    found = [
        (operation, key, torch.library.get_kernel(operation, KERNELS[key]).call_boxed)
        for operation in OPERATIONS
        for key in KERNELS
        if torch._C._dispatch_has_kernel_for_dispatch_key(operation, key)
    ]
    for operation, key, work in found:
        library.impl(operation, key, trap(READY_MADE.sub(r"\1", operation), work), True)
    return connect
