"""What the worker answers: a value or an error, and all that student code changed meanwhile."""

from typing import Any

from torch import Tensor

from lmgrade import wire
from lmgrade.cell import failure
from lmgrade.objects import Objects
from lmgrade.request import Request


class Reply:
    """A frame in the making; what is empty or as usual is left out of it."""

    def __init__(self, request: Request, objects: Objects) -> None:
        self.tree: dict[str, Any] = {}
        self._request, self._objects = request, objects
        self.encode = wire.Flattener(self._encode)

    @property
    def tensors(self) -> list[Tensor]:
        return self.encode.tensors

    def _encode(self, value: Any, flat: wire.Flattener) -> Any:
        if isinstance(value, Tensor):
            for position, tensor in enumerate(self._request.given):
                # One that was changed in place has a history here that the checker's lacks.
                if tensor is value and position not in self._request.changed():
                    return ["a", position]
        return self._objects.encode(value, flat)

    def add(self, name: str, value: Any) -> None:
        """Tell something, if there is anything to tell."""
        if value:
            self.tree[name] = value

    def put(self, tensor: Tensor) -> int:
        """Send the values of a tensor along; return where."""
        position: int = self.encode.tensor(tensor.detach())[1]
        return position

    def pack(self) -> bytes:
        try:
            return wire.pack(self.tree, self.tensors)
        except wire.WireError as error:
            return wire.pack({"error": failure(error)})
