"""Tensors that the checker has a copy of; writing to one here must show there as well."""

from collections import deque
from collections.abc import Iterator

import torch
from torch import Tensor

from lmgrade.objects import same_bits

REMEMBERED = 32  # tensors given out, watched for a buffer that is used again,
REMEMBERED_BYTES = 4 << 20  # as long as they are small
LATEST = 4  # of them are compared bit by bit, as long as they are
SMALL = 16 << 10  # bytes


class Export:
    """A tensor that the checker knows by a number."""

    __slots__ = ("_before", "_lent", "closely", "number", "tensor", "version")

    def __init__(self, number: int, tensor: Tensor, closely: bool, lent: bool = False) -> None:
        self.number = number
        self.tensor = tensor.detach()
        self._lent = tensor if lent else self.tensor
        self.version = self.tensor._version
        # Versions miss what goes through `.data`; a batch loader's buffers are compared in full.
        self.closely = closely
        self._before = self.tensor.clone() if closely or tensor.nbytes <= SMALL else None

    def changed(self, latest: bool) -> bool:
        if self._lent is not self.tensor and self._lent.shape != self.tensor.shape:
            self.tensor = self._lent.detach()  # it was transposed in place, for one
        compared = self._before if self.closely or latest else None
        same = compared is None or same_bits(self.tensor, compared)
        if same and self.tensor._version == self.version:
            return False
        self.in_step()
        return True

    def write(self, value: Tensor) -> None:
        """Take over what was written to the checker's copy."""
        if self.tensor.shape == value.shape and self.tensor.dtype == value.dtype:
            with torch.no_grad():
                self.tensor.copy_(value)
            self.in_step()

    def in_step(self) -> None:
        """The checker knows what it holds now."""
        self.version = self.tensor._version
        self._before = None if self._before is None else self.tensor.clone()


class Exports:
    """The latest results, and the arguments that generators keep."""

    def __init__(self) -> None:
        self._count = 0
        self._given: deque[Export] = deque(maxlen=REMEMBERED)
        self._lent: deque[Export] = deque(maxlen=REMEMBERED)

    def give(self, tensor: Tensor, closely: bool) -> int:
        """Number a result; watch it, unless that would take much memory."""
        self._count += 1
        size = tensor.numel() * tensor.element_size()
        if closely or size * REMEMBERED <= REMEMBERED_BYTES:
            self._given.append(Export(self._count, tensor, closely))
        return self._count

    def lend(self, tensor: Tensor) -> int:
        """Number an argument that may be written to when the next items are asked for."""
        self._count += 1
        self._lent.append(Export(self._count, tensor, closely=True, lent=True))
        return self._count

    def changed(self) -> Iterator[Export]:
        """What was written to since it was last told."""
        for watched in (self._given, self._lent):
            latest = len(watched) - LATEST
            yield from [
                export
                for place, export in enumerate(watched)
                if (place >= latest or export.closely or export.tensor._version != export.version)
                and export.changed(place >= latest)
            ]

    def write(self, number: int, value: Tensor) -> None:
        """Take over what was written to the checker's copy, if it is still watched."""
        for export in (*self._given, *self._lent):
            if export.number == number:
                export.write(value)
