"""The checker's copies of the worker's modules and parameters, kept equal on both sides."""

import weakref
from typing import Any

import torch
from torch import Tensor, nn

from lmgrade import wire
from lmgrade.objects import same_bits

MAX_MODULES = 10_000
MAX_TENSORS = 5_000  # of one module
MAX_PARTS = 20  # modules within one another
MAX_BYTES = 256 << 20  # of all modules together


class Mirrors:
    """Parameters and buffers by their number in the worker, and the modules that hold them.

    What the worker says of them is taken in as it comes: a description that makes no sense
    raises some error here, and whoever asked has to take it for tampering.
    """

    def __init__(self) -> None:
        self.tensors: dict[int, nn.Parameter | Tensor] = {}
        self.modules: weakref.WeakValueDictionary[int, Any] = weakref.WeakValueDictionary()
        self.shapes: dict[int, list[Any]] = {}  # name, mode, and where which tensor sits
        self._sent: dict[int, tuple[Tensor, bool]] = {}
        self._bytes = 0

    def of(self, module: int) -> list[int]:
        """The numbers of a module's tensors."""
        return [index for _, index, _ in self.shapes.get(module, ["", "", []])[2]]

    def parameter(self, index: int) -> nn.Parameter:
        """A tensor as a parameter; tied parameters are one object."""
        mirror = self.tensors[index]
        if not isinstance(mirror, nn.Parameter):
            mirror = nn.Parameter(mirror.detach(), requires_grad=mirror.requires_grad)
            self.tensors[index] = mirror
        return mirror

    def live(self) -> dict[int, Tensor]:
        """What modules that are still in use hold now: `.double()` makes new buffers."""
        live: dict[int, Tensor] = {}
        for handle, module in self.modules.items():
            for path, index, _ in self.shapes[handle][2]:
                owner, _, name = path.rpartition(".")
                holder = module.get_submodule(owner)
                held = holder._parameters.get(name, holder._buffers.get(name))
                if held is not None:
                    self.tensors[index] = held
                live[index] = self.tensors[index]
        return live

    def changed(self) -> list[tuple[int, Tensor]]:
        """What an optimizer, `.double()` or a check has changed since the last exchange."""
        changed = []
        for index, tensor in sorted(self.live().items()):
            known, requires_grad = self._sent[index]
            if requires_grad != tensor.requires_grad or not same_bits(known, tensor):
                self._sent[index] = tensor.detach().clone(), tensor.requires_grad
                changed.append((index, tensor))
        return changed

    def update(self, index: int, value: Tensor, requires_grad: bool) -> None:
        """Take over what a tensor holds in the worker."""
        if type(index) is not int or not 0 <= index <= len(self.tensors):
            raise wire.WireError("a parameter out of order")
        self._bytes += value.nbytes - (self._sent[index][0].nbytes if index in self._sent else 0)
        if self._bytes > MAX_BYTES:
            raise wire.WireError("too many parameters")
        value = value.clone(memory_format=torch.contiguous_format)  # not a view of the whole frame
        mirror = self.tensors.get(index)
        if mirror is None:
            floating = value.is_floating_point() or value.is_complex()
            self.tensors[index] = value.requires_grad_(requires_grad and floating)
        elif mirror.dtype == value.dtype and mirror.shape == value.shape:
            with torch.no_grad():
                mirror.copy_(value)
        else:
            mirror.data = value
        self._sent[index] = value.detach().clone(), self.tensors[index].requires_grad

    def describe(self, handle: int, name: Any, training: bool, tensors: Any) -> None:
        """Take over what a module is made of in the worker."""
        deep = any(path.count(".") > MAX_PARTS for path, _, _ in tensors)
        if len(self.shapes) > MAX_MODULES or len(tensors) > MAX_TENSORS or deep:
            raise wire.WireError("too many modules")
        self.shapes[handle] = [str(name)[:80], training, tensors]
        if (module := self.modules.get(handle)) is not None:
            module._adopt()
