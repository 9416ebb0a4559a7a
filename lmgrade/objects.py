"""The worker's side of stand-ins: student objects behind numbers, and parameters that are mirrored.

The checker holds a copy of every parameter and buffer that it knows of. Before a call it sends
the copies that changed there, after the call this side reports those that changed here.
"""

import ctypes
import inspect
from collections.abc import Iterable
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.parameter import is_lazy

from lmgrade.wire import DTYPE_NAMES, Flattener, WireError

compare_memory = ctypes.CDLL(None).memcmp  # a tenth of the time that tensors' own operations take
compare_memory.argtypes = (ctypes.c_void_p, ctypes.c_void_p, ctypes.c_size_t)
SMALL = 128 << 10  # bytes
SIMPLE_DEFAULTS = (type(None), bool, int, float, str)


def _is_iterable(value: Any) -> bool:
    """Whether `for` takes it: a sequence may have no more than `__getitem__`."""
    return hasattr(value, "__iter__") or hasattr(type(value), "__getitem__")


def _length(value: Any) -> int | None:
    """Its length, if it knows one: the `__len__` of a loader may raise."""
    try:
        return len(value)
    except Exception:
        return None


def same_bits(a: Tensor, b: Tensor) -> bool:
    """Whether two tensors are equal bit by bit, NaN included."""
    if a.dtype != b.dtype or a.shape != b.shape:
        return False
    if not (_is_plain(a) and _is_plain(b)):
        a, b = (t.detach().resolve_conj().resolve_neg().contiguous() for t in (a, b))
    size = a.numel() * a.element_size()
    return size == 0 or compare_memory(a.data_ptr(), b.data_ptr(), size) == 0


def _is_plain(tensor: Tensor) -> bool:
    return tensor.is_contiguous() and not (tensor.is_conj() or tensor.is_neg())


class Objects:
    """Everything of the student's that the checker can name."""

    def __init__(self) -> None:
        self.by_handle: list[Any] = []
        self.mirrors: list[Tensor] = []
        self._handles: dict[int, int] = {}
        self._mirror_ids: dict[int, int] = {}
        self._at: dict[int, list[int]] = {}  # mirrors by where they lay at first
        self._near: dict[int, list[int]] = {}  # the same by mirror
        self._seen: dict[int, tuple[int, int, bool] | None] = {}
        self._values: dict[int, Tensor] = {}  # of small ones: who writes to `.data` leaves no trace
        self._shapes: dict[int, Any] = {}
        self._modules: set[int] = set()

    def handle(self, value: Any) -> int:
        """A number for an object, the same one whenever the object comes by."""
        handle = self._handles.setdefault(id(value), len(self.by_handle))
        if handle == len(self.by_handle):
            self.by_handle.append(value)
        return handle

    def get(self, handle: int) -> Any:
        return self.by_handle[handle]

    def forget(self, handle: int) -> None:
        """The checker has no use for a module any more; its number is not given again."""
        self._modules.discard(handle)
        self._shapes.pop(handle, None)
        self._handles.pop(id(self.by_handle[handle]), None)
        self.by_handle[handle] = None

    def mirror_of(self, tensor: Tensor) -> int | None:
        return self._mirror_ids.get(id(tensor))

    def encode(self, value: Any, flat: Flattener) -> Any:
        """Encode what is not plain data."""
        if isinstance(value, Tensor):
            mirror = self.mirror_of(value)
            return flat.tensor(value) if mirror is None else ["p", mirror]
        if isinstance(value, nn.Module):
            self._modules.add(self.handle(value))
            return ["m", self.handle(value)]
        if isinstance(value, type):
            kind = "module" if issubclass(value, nn.Module) else "class"
            return ["c", self.handle(value), value.__name__, kind, _signature(value)]
        name = getattr(value, "__name__", type(value).__name__)
        if _is_iterable(value) and not callable(value):
            length = _length(value)
            return ["i", self.handle(value), str(type(value).__name__), length]
        if callable(value):
            return ["f", self.handle(value), str(name), _signature(value)]
        return ["x", self.handle(value), str(type(value).__name__)]

    def describe_modules(self) -> list[Any]:
        """The modules whose set of parameters is new or has changed since it was last told."""
        found = []
        for handle in sorted(self._modules):
            module = self.by_handle[handle]
            description = self._describe(module)
            if self._shapes.get(handle) != description:
                self._shapes[handle] = description
                found.append([handle, *description])
        return found

    def _describe(self, module: nn.Module) -> list[Any]:
        mirrors: list[list[Any]] = []
        ready = "_modules" in vars(module) or isinstance(module, torch.jit.ScriptModule)
        if not ready:  # its `__init__` did not call that of nn.Module
            return [type(module).__name__, True, mirrors]
        for path, parameter in nn.Module.named_parameters(module, remove_duplicate=False):
            mirrors.append([path, self._mirror(parameter), True])
        for path, buffer in nn.Module.named_buffers(module, remove_duplicate=False):
            if buffer.dtype in DTYPE_NAMES and buffer.layout == torch.strided:
                mirrors.append([path, self._mirror(buffer), False])
        return [type(module).__name__, bool(module.training), mirrors]

    def _mirror(self, tensor: Tensor) -> int:
        index = self._mirror_ids.setdefault(id(tensor), len(self.mirrors))
        if index == len(self.mirrors):
            self.mirrors.append(tensor)
            if not is_lazy(tensor):
                self._near[index] = self._at.setdefault(tensor.data_ptr(), [])
                self._near[index].append(index)
        return index

    def changed_mirrors(self) -> Iterable[tuple[int, Tensor]]:
        """The parameters and buffers that this side has changed since it last said so."""
        for index in sorted({m[1] for shape in self._shapes.values() for m in shape[2]}):
            tensor = self.mirrors[index]
            if index not in self._seen or self._is_other(index, tensor):
                self._note(index, tensor)
                yield index, torch.empty(0, requires_grad=True) if is_lazy(tensor) else tensor

    def update_mirror(self, index: int, value: Tensor, requires_grad: bool) -> None:
        """Take over what the checker did to its copy, as an optimizer or `.double()` would."""
        tensor = self.mirrors[index]
        if is_lazy(tensor):
            tensor.data = tensor.data.to(value.dtype)
            return
        if not same_bits(tensor, value):
            fits = tensor.dtype == value.dtype and tensor.shape == value.shape
            if fits and not self._has_twin(index):
                with torch.no_grad():
                    tensor.copy_(value)
            else:
                tensor.data = value.clone()
        if tensor.is_leaf and tensor.requires_grad != requires_grad:
            tensor.requires_grad_(requires_grad)
        self._note(index, tensor)

    def _has_twin(self, index: int) -> bool:
        """Whether another one lies in the same memory, as the checker's copies never do."""
        place = self.mirrors[index].data_ptr()
        others = (self.mirrors[n] for n in self._near.get(index, ()) if n != index)
        return any(other.data_ptr() == place for other in others)

    def _is_other(self, index: int, tensor: Tensor) -> bool:
        if self._seen[index] != _state(tensor):
            return True
        return index in self._values and not same_bits(self._values[index], tensor)

    def _note(self, index: int, tensor: Tensor) -> None:
        self._seen[index] = state = _state(tensor)
        self._values.pop(index, None)
        if state is not None and tensor.nbytes <= SMALL:
            self._values[index] = tensor.detach().clone()


def _state(tensor: Tensor) -> tuple[int, int, bool] | None:
    """What changes when somebody writes to a tensor, or freezes it; `None` while it is lazy."""
    if is_lazy(tensor):  # as nn.LazyLinear's is before its first call
        return None
    return tensor._version, tensor.data_ptr(), tensor.requires_grad


def _signature(function: Any) -> list[Any] | None:
    """Names, kinds and simple defaults of the parameters; `None` if Python cannot tell."""
    try:
        parameters = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):
        return None
    described: list[Any] = []
    for p in parameters:
        default = p.default
        shown = isinstance(default, SIMPLE_DEFAULTS) and type(default) in SIMPLE_DEFAULTS
        given = [] if default is p.empty else [default if shown else None]
        described.append([p.name, int(p.kind), given])
    return described


def plain_tree(value: Any) -> Any:
    """Encode plain data only."""

    def refuse(item: Any, _: Flattener) -> Any:
        raise WireError(f"{type(item).__name__} is not plain data")

    return Flattener(refuse)(value)
