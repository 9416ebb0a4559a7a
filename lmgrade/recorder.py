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
import warnings
from collections.abc import Callable
from typing import Any

import torch

READY_MADE = re.compile(r"(aten|quantized)::(\w*(?:dropout|lstm|gru|rnn)\w*)(?:\.\w+)?")
OPERATIONS = sorted(filter(READY_MADE.fullmatch, torch._C._dispatch_get_all_op_names()))
NAMES = sorted({READY_MADE.sub(r"\2", operation) for operation in OPERATIONS})
KERNEL = re.compile(r"^([A-Z]\w+)(?:\[alias\])?: ", re.MULTILINE)  # a line of what PyTorch dumps
# Keys of kernels that only lead on to others.
LEADS_ON = re.compile(
    r"Auto(grad|cast)\w*|ADInplaceOrView|BackendSelect|CompositeExplicit\w*|Functionalize|Tracer"
)
# Keys that stand for many, and one of these.
ALIASES = {
    "CompositeImplicitAutograd": "CPU",
    "CompositeImplicitAutogradNestedTensor": "NestedTensorCPU",
    "FuncTorchBatchedDecomposition": "FuncTorchBatched",
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
    libraries: dict[str, Any] = {
        space: torch._C._dispatch_library("IMPL", space, "", __file__, 0)
        for space in ("aten", "quantized")
    }
    kept: list[Any] = [libraries]  # PyTorch forgets the traps with them
    is_traced = _tracers()

    def trap(name: str, work: Callable[..., Any]) -> Callable[..., Any]:
        place = NAMES.index(name)

        def run(*args: Any, **kwargs: Any) -> Any:
            for page in kept[1:]:
                page[place] = 1
                if is_traced():  # its steps would run later, under other names
                    raise RuntimeError(f"PyTorch's own {name} cannot be traced while grading")
            return work(*args, **kwargs)

        return run

    def connect(fd: int) -> None:
        kept.append(mmap.mmap(fd, mmap.PAGESIZE))
        gc.freeze()

    kernels = [
        (operation, key, _kernel(operation, key).call_boxed)
        for operation in OPERATIONS
        for key in KERNEL.findall(torch._C._dispatch_dump(operation))
        if not LEADS_ON.fullmatch(key)
    ]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that they have other kernels now
        for operation, key, work in kernels:
            space, name = READY_MADE.sub(r"\1 \2", operation).split()
            libraries[space].impl(operation, key, trap(name, work), True)
    return connect


def _kernel(operation: str, key: str) -> Any:
    found_by = torch._C._dispatch_key_parse(ALIASES.get(key, key))
    return torch._C._dispatch_get_computed_kernel_for_dispatch_key(operation, found_by)


def _tracers() -> Callable[[], bool]:
    """Whether `torch.jit.trace` or `make_fx`, early or late, writes down each step; by C alone."""
    script = torch._C._get_tracing_state
    mode, late = torch._C._get_dispatch_mode, torch._C._TorchDispatchModeKey.PROXY
    has, early = torch._C._dispatch_tls_is_dispatch_key_included, torch._C.DispatchKey.PreDispatch
    return lambda: script() is not None or mode(late) is not None or has(early)
