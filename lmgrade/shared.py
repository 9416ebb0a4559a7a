"""What the two sides hold in common, as one process would hold it once: results, arguments, lists.

Whoever writes to such a value tells the other side with the next frame. Only the latest are known.
"""

import weakref
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from itertools import islice
from operator import is_
from typing import Any

import torch
from torch import Tensor

from lmgrade.objects import SMALL, same_bits

LATEST, LISTS = 4, 8  # results, and lists among them
REMEMBERED = 8  # arguments, as long as they are small
LENGTH = 10_000  # of a list


def _put(latest: OrderedDict[int, Any], number: int, value: Any, most: int) -> None:
    latest[number] = value
    if len(latest) > most:
        latest.popitem(last=False)


class Results:
    """The checker's copies of the tensors that a call gave; small ones live on in their views."""

    def __init__(self) -> None:
        self._alive: weakref.WeakValueDictionary[int, Tensor] = weakref.WeakValueDictionary()
        self._versions: OrderedDict[int, int] = OrderedDict()
        self._small: OrderedDict[int, Tensor] = OrderedDict()

    def add(self, number: int, tensor: Tensor) -> None:
        self._alive[number] = tensor
        _put(self._versions, number, tensor._version, LATEST)
        if tensor.nbytes <= SMALL:
            _put(self._small, number, tensor, LATEST)

    def get(self, number: int) -> Tensor | None:
        return self._alive.get(number)

    def in_step(self, number: int) -> None:
        """What was written to this one is known on the other side."""
        if number in self._versions and (tensor := self.get(number)) is not None:
            self._versions[number] = tensor._version

    def written(self) -> list[tuple[int, Tensor]]:
        """The latest ones that were written to here since this was last asked."""
        alive = [(number, self.get(number)) for number in self._versions]
        found = [(n, t) for n, t in alive if t is not None and t._version != self._versions[n]]
        for number, _ in found:
            self.in_step(number)
        return [(number, tensor.detach()) for number, tensor in found]


class Numbers:
    """The checker's numbers for arguments, by which the worker knows one that comes again."""

    def __init__(self) -> None:
        self._count = 0
        self._known: OrderedDict[int, tuple[int, weakref.ref[Tensor]]] = OrderedDict()

    def of(self, tensors: Sequence[Tensor]) -> list[list[int]]:
        """Position and number of the last ones, if they are small and need no gradient."""
        first = max(0, len(tensors) - REMEMBERED)
        last = enumerate(tensors[first:], first)
        return [[i, self._number(t)] for i, t in last if not t.requires_grad and t.nbytes <= SMALL]

    def _number(self, tensor: Tensor) -> int:
        number, known = self._known.pop(id(tensor), (0, None))  # put again, it is the latest
        if known is None or known() is not tensor:
            self._count = number = self._count + 1
        _put(self._known, id(tensor), (number, weakref.ref(tensor)), REMEMBERED)
        return number

    def get(self, number: int) -> Tensor | None:
        return next((known() for n, known in self._known.values() if n == number), None)


class Arguments:
    """The worker's latest arguments: one that comes again is the object that it was."""

    def __init__(self) -> None:
        self._known: OrderedDict[int, Tensor] = OrderedDict()
        self._versions: dict[int, int] = {}

    def recall(self, given: list[Tensor], numbers: Sequence[Sequence[int]]) -> None:
        for position, number in numbers:
            known = self._known.pop(number, None)
            if known is not None and _hold(known, given[position]):
                given[position] = known
            _put(self._known, number, given[position], REMEMBERED)
        self._versions = {number: tensor._version for number, tensor in self._known.items()}

    def changed(self, given: Sequence[Tensor]) -> list[tuple[int, Tensor]]:
        """Earlier ones, not among those of the present call, that were written to in it."""
        now = {id(tensor) for tensor in given}
        written = [n for n, v in self._versions.items() if self._known[n]._version != v]
        for number in written:
            self._versions[number] = self._known[number]._version
        return [(n, self._known[n]) for n in written if id(self._known[n]) not in now]


def _hold(tensor: Tensor, value: Tensor) -> bool:
    """Let a tensor hold a value, if it can: it may have been changed since, here or there."""
    forms = [(t.shape, t.stride(), t.dtype) for t in (tensor, value)]
    if tensor.requires_grad or forms[0] != forms[1]:
        return False
    if same_bits(tensor, value):
        return True
    if tensor.is_contiguous():  # else elements may share memory
        with torch.no_grad():
            tensor.copy_(value)
    return tensor.is_contiguous()


class Lists:
    """The latest lists among results; the worker numbers them."""

    def __init__(self) -> None:
        self._count = 0
        self._known: OrderedDict[int, tuple[list[Any], list[Any]]] = OrderedDict()

    def add(self, value: Any, first: int | None = None) -> int:
        """Remember the lists in a value, from the number `first` on; return that, or 0 for none."""
        number = first = self._count + 1 if first is None else first
        for found in islice(_lists_in(value), LISTS):
            _put(self._known, number, (found, found.copy()), LISTS)
            number += 1
        self._count = number - 1
        return first if number > first else 0

    def put(self, number: int, items: list[Any]) -> None:
        """Take over what the other side's list holds."""
        if number in self._known:
            value, _ = self._known[number]
            value[:] = items
            self._known[number] = value, value.copy()

    def changed(self) -> list[tuple[int, list[Any]]]:
        """Those that hold other objects than when this was last asked."""
        found = []
        for number, (value, before) in self._known.items():
            if len(value) != len(before) or not all(map(is_, value, before)):
                self._known[number] = value, value.copy()
                found.append((number, value))
        return found


def _lists_in(value: Any) -> Iterator[list[Any]]:
    if isinstance(value, list) and len(value) <= LENGTH:
        yield value
    if isinstance(value, (list, tuple)):
        for item in islice(value, LENGTH):
            if isinstance(item, (list, tuple)):
                yield from _lists_in(item)
