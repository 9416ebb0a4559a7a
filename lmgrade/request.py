"""A request as it arrives in the worker, and what student code does to the tensors in it."""

import functools
import socket

import torch
from torch import Tensor

from lmgrade import wire
from lmgrade.objects import same_bits


class Request:
    """One frame: its tree, and its tensors, which lie where the frame arrived."""

    def __init__(self, frame: bytearray) -> None:
        self.tree, self.tensors = wire.read(frame)
        self.given: list[Tensor] = []
        self._frame = frame
        self._before = bytes(frame) if self.tensors else b""
        self._places = [_place(tensor) for tensor in self.tensors]

    def take(self) -> list[Tensor]:
        """The arguments of a call: leaves stay leaves, others get a history, as they had one."""
        needs, leaves = self.tree.get("needs", ()), self.tree.get("leaves", ())
        for position, tensor in enumerate(self.tensors[: self.tree["given"]]):
            if position in needs:
                tensor.requires_grad_()
                if position not in leaves:
                    with torch.enable_grad():
                        tensor = tensor.clone()
            self.given.append(tensor)
        return self.given

    def tracked(self) -> list[int]:
        """Which arguments need a gradient only since the call."""
        needs = self.tree.get("needs", ())
        return [i for i, t in enumerate(self.given) if t.requires_grad and i not in needs]

    def changed(self) -> list[int]:
        """Which arguments hold something else than when they came."""
        if not self.given:
            return []
        untouched = self._frame == self._before
        found = []
        for position, (tensor, origin) in enumerate(zip(self.given, self.tensors, strict=False)):
            if tensor is origin:  # unless `.data` was replaced, it is a part of the frame
                same = untouched and _place(tensor) == self._places[position]
            else:
                same = untouched and same_bits(tensor, origin)
            if not same and not same_bits(tensor, self._originals[position]):
                found.append(position)
        return found

    @functools.cached_property
    def _originals(self) -> list[Tensor]:
        return wire.read(bytearray(self._before))[1]


def _place(tensor: Tensor) -> tuple[int, torch.Size]:
    """Where a tensor lies, and its shape: student code may transpose it in place."""
    return tensor.data_ptr(), tensor.shape


def receive(link: socket.socket) -> Request | None:
    """The next request, or `None` when the checker has hung up.

    It sends nothing more before the answer.
    """
    start, end, buffer = wire.HEADER.size, wire.HEADER.size, bytearray()
    while len(buffer) < end:
        chunk = link.recv(1 << 18)
        if not chunk:
            return None
        buffer += chunk
        if end == start <= len(buffer):
            end += sum(wire.frame_sizes(bytes(buffer[:start])))
    return Request(buffer)
