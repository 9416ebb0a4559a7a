"""Notes PyTorch's operations while code runs, so that they can be done once more."""

import contextlib
from typing import Any

import torch
from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves

BELOW_AUTOGRAD = torch._C.DispatchKeySet(torch._C.DispatchKey.CPU)


class OperationRecorder(TorchDispatchMode):
    """Notes each operation of PyTorch, so that `lmlib.checks.operations` can do them once more.

    Tensors are numbered as they turn up. What no operation has made is a given one: an argument of
    the call, a parameter, a constant.
    """

    def __init__(self) -> None:
        super().__init__()
        self._given: list[Tensor] = []
        self._steps: list[list[Any]] = []
        self._seen: dict[int, tuple[int, Tensor]] = {}  # kept, or another could have its id
        self._places: dict[Any, int] = {}  # a tensor's number by its memory and shape

    @property
    def found(self) -> dict[str, Any]:
        """The given tensors as they came, and of each step its name, arguments and results."""
        return {"given": self._given, "steps": self._steps}

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        if func.namespace == "profiler":  # a block has a name there, and nothing is computed
            return func(*args, **(kwargs or {}))
        if func.namespace != "aten":  # another library's is made of PyTorch's own
            with self:
                return func.redispatch(BELOW_AUTOGRAD, *args, **(kwargs or {}))
        plain = [self._plain(args), self._plain(kwargs or {})]
        result = func(*args, **(kwargs or {}))
        made = [self._number(part) for part in tree_leaves(result) if isinstance(part, Tensor)]
        self._steps.append([func._schema.name, func._overloadname, *plain, made])
        return result

    def _plain(self, value: Any) -> Any:
        """An argument as numbers, texts, lists and dictionaries."""
        if isinstance(value, tuple | list):
            return [self._plain(part) for part in value]
        if isinstance(value, dict):
            return {name: self._plain(part) for name, part in value.items()}
        if isinstance(value, Tensor):
            # Another object can be the same tensor, as one of a subclass.
            if id(value) in self._seen or _place(value) in self._places:
                return {"tensor": self._number(value)}
            self._given.append(value.detach().clone())
            return {"given": [self._number(value), len(self._given) - 1]}
        if isinstance(value, torch.dtype | torch.memory_format | torch.layout | torch.device):
            return {"torch": str(value)}
        return value

    def _number(self, tensor: Tensor) -> int:
        if id(tensor) not in self._seen:
            number = self._places.setdefault(_place(tensor), len(self._seen))
            self._seen[id(tensor)] = number, tensor
        return self._seen[id(tensor)][0]


def _place(tensor: Tensor) -> Any:
    """What is the same for two tensors that are one in memory."""
    with contextlib.suppress(NotImplementedError, RuntimeError):  # as of sparse tensors
        form = tensor.storage_offset(), tensor.shape, tensor.stride(), tensor.dtype
        return tensor.untyped_storage()._cdata, *form
    return id(tensor)
