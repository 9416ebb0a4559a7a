"""Tensors that the checker has a copy of; writing to one here must show there as well."""

from collections import deque
from collections.abc import Iterator

from torch import Tensor

from lmgrade.objects import same_bits

REMEMBERED = 32  # tensors given out, watched for a buffer that is used again,
REMEMBERED_BYTES = 4 << 20  # as long as they are small


class Export:
    """A tensor that the checker knows by a number."""

    __slots__ = ("_before", "_lent", "_version", "number", "tensor")

    def __init__(self, number: int, tensor: Tensor, closely: bool, lent: bool = False) -> None:
        self.number = number
        self.tensor = tensor.detach()
        self._lent = tensor if lent else self.tensor
        self._version = self.tensor._version
        # Versions miss what goes through `.data`; a batch loader's buffers are compared in full.
        self._before = self.tensor.clone() if closely else None

    def changed(self) -> bool:
        if self._lent is not self.tensor and self._lent.shape != self.tensor.shape:
            self.tensor = self._lent.detach()  # it was transposed in place, for one
        same = self._before is None or same_bits(self.tensor, self._before)
        if same and self.tensor._version == self._version:
            return False
        self._version = self.tensor._version
        self._before = None if self._before is None else self.tensor.clone()
        return True


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
            yield from [export for export in watched if export.changed()]
