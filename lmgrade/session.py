"""One worker as the checker sees it: values in and out, and their gradients."""

import contextlib
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor, nn

from lmgrade import wire
from lmgrade.errors import remote_error
from lmgrade.link import Link, WorkerLost
from lmgrade.mirrors import Mirrors
from lmgrade.objects import plain_tree
from lmgrade.shared import Lists, Numbers, Results

MAX_ITEMS = 200_000
# What reading a reply can raise if it is not one that our own worker code would write.
HOSTILE = (
    *(wire.WireError, KeyError, IndexError, TypeError, ValueError, AttributeError),
    *(RuntimeError, OverflowError),
)


@dataclass
class Outgoing:
    """The arguments of a call: a tree, its tensors, and the mirrors that they mention."""

    flat: wire.Flattener
    args: Any
    kwargs: Any
    mirrors: list[int] = field(default_factory=list)


class Session:
    """Speaks with one worker and keeps what the two sides share in step."""

    def __init__(self, link: Link, spare: Callable[[], "Session"]) -> None:
        self.link = link
        self.spare = spare  # speaks with a worker that runs nobody's code
        self.mirrors = Mirrors()
        self._results = Results()
        self._numbers = Numbers()
        self._lists = Lists()
        self._dropped: list[int] = []
        self._forgotten: list[int] = []
        self._modes: list[tuple[int, bool | None]] = []
        self._stand_ins: Counter[int] = Counter()  # of each module; `__new__` may give one again
        self.classes: dict[int, Any] = {}
        self._items = 0
        self._last_item: Any = None  # what an iterator gave last
        self._drawn: Tensor | None = None  # the generator's state after the last seed was drawn

    # --- one exchange -----------------------------------------------------------------------

    def ask(self, op: str, tensors: Sequence[Tensor] = (), **tree: Any) -> tuple[Any, list[Tensor]]:
        """Send a request with whatever changed here; apply what changed there; raise its error."""
        sent = list(tensors)
        tree.update(op=op, grad=torch.is_grad_enabled(), given=len(sent))
        news: dict[str, Any] = {
            "drop": self._dropped,
            "forget": self._forgotten,
            "modes": self._modes,
            "mirrors": self._changes(sent),
            "results": self._written(sent),
            "rewritten": self._rewritten(),
        }
        tree.update((name, value) for name, value in news.items() if value)
        if torch.get_default_dtype() != torch.float32:
            tree["default"] = wire.DTYPE_NAMES[torch.get_default_dtype()]
        self._dropped, self._forgotten, self._modes = [], [], []
        reply, found = self.link.request(tree, sent)
        try:
            self._apply(reply, found, tensors)
            error = reply.get("error")
            if error is not None:
                raise remote_error(error)
        except HOSTILE as bad:
            if getattr(bad, "__lmgrade__", False):
                raise
            self.tampered(bad)
        return reply, found

    def tampered(self, error: BaseException | str) -> Any:
        """A reply that honest code cannot cause: the worker is not used any further."""
        what = error if isinstance(error, str) else type(error).__name__
        self.link.lost = f"the submission's process broke the protocol ({what})"
        self.link.close()
        raise WorkerLost(self.link.lost) from None

    def _changes(self, sent: list[Tensor]) -> list[list[Any]]:
        """The mirrors that changed here; their values are added to what is sent."""
        try:
            changed = self.mirrors.changed()
        except HOSTILE as error:  # names that no module of honest code has
            self.tampered(error)
        first = len(sent)
        sent += [tensor for _, tensor in changed]
        return [[index, first + k, t.requires_grad] for k, (index, t) in enumerate(changed)]

    def _written(self, sent: list[Tensor]) -> list[list[int]]:
        """The results that were written to here; their values are added to what is sent."""
        written = self._results.written()
        first = len(sent)
        sent += [tensor for _, tensor in written]
        return [[number, first + k] for k, (number, _) in enumerate(written)]

    def _rewritten(self) -> list[list[Any]]:
        """The lists among results that hold something else here, as long as it is plain data."""
        found = []
        for number, value in self._lists.changed():
            with contextlib.suppress(wire.WireError):
                found.append([number, plain_tree(value)])
        return found

    def _apply(self, reply: dict[str, Any], found: list[Tensor], sent: Sequence[Tensor]) -> None:
        for index, position, requires_grad in reply.get("mirrors", ()):
            self.mirrors.update(index, found[position], requires_grad is True)
        for position, value in reply.get("inputs", ()):
            _overwrite(sent[position], found[value])
        for position in reply.get("tracked", ()):
            sent[position].requires_grad_()
        for export, value in reply.get("exports", ()):
            if (tensor := self._results.get(export)) is not None:
                _overwrite(tensor, found[value])
                self._results.in_step(export)
        for number, value in reply.get("spoiled", ()):
            if (tensor := self._numbers.get(number)) is not None:
                _overwrite(tensor, found[value])
        for number, tree in reply.get("rewritten", ()):
            self._lists.put(int(number), list(self.incoming(tree, found)))
        for handle, name, training, tensors in reply.get("modules", ()):
            self.mirrors.describe(handle, name, training is True, tensors)

    def names(self, names: Sequence[str], after: str) -> list[Any]:
        """Each name that stands for something after a cell, where calls then take place."""
        reply, found = self.ask("names", names=names, after=after)
        pairs = self.incoming(reply.get("value"), found)
        return pairs if isinstance(pairs, list) else []

    # --- values -----------------------------------------------------------------------------

    def outgoing(self, args: Sequence[Any], kwargs: dict[str, Any]) -> Outgoing:
        """Encode arguments; what stands for an object there is sent as its number."""
        mirrors: list[int] = []
        try:
            by_id = {id(tensor): index for index, tensor in self.mirrors.live().items()}
        except HOSTILE as error:
            self.tampered(error)

        def encode(value: Any, flat: wire.Flattener) -> Any:
            if isinstance(value, Tensor):
                index = by_id.get(id(value))
                if index is None:
                    return flat.tensor(value)
                mirrors.append(index)
                return ["p", index]
            handle = getattr(value, "_lmgrade_handle", None)
            if handle is None:
                raise TypeError(f"a {type(value).__name__} cannot be passed to a student's code")
            if isinstance(value, nn.Module):
                mirrors.extend(self.mirrors.of(handle))
            return ["o", handle]

        flat = wire.Flattener(encode, exact=True)
        return Outgoing(flat, flat(list(args)), flat(kwargs), mirrors)

    def incoming(self, tree: Any, tensors: Sequence[Tensor], sent: Sequence[Tensor] = ()) -> Any:
        """Decode a value; objects become stand-ins."""
        from lmgrade.proxies import stand_in

        def decode(tag: str, items: list[Any]) -> Any:
            if tag == "t":
                return tensors[items[0]]
            if tag == "a":
                return sent[items[0]]
            if tag == "p":
                return self.mirrors.parameter(items[0])
            return stand_in(self, tag, items)

        try:
            return wire.restore(tree, decode)
        except HOSTILE as error:
            return self.tampered(error)

    def seed(self) -> dict[str, int]:
        """A seed for the next call, if something was drawn or seeded here since the last one.

        It is one draw, so it follows `torch.manual_seed`. Else the worker's generator goes on from
        where its own code left it, as it would in one process: code that puts the state back, or
        seeds, draws the same again. What is drawn here the worker cannot choose.
        """
        if self._drawn is not None and torch.equal(self._drawn, torch.get_rng_state()):
            return {}
        value = int(torch.randint(1 << 62, ()))
        self._drawn = torch.get_rng_state()
        return {"seed": value}

    def call(
        self, target: int, args: Sequence[Any], kwargs: dict[str, Any], **options: Any
    ) -> tuple[Any, Any]:
        """Call an object of the student's; gradients flow through the result."""
        out = self.outgoing(args, kwargs)
        sent = out.flat.tensors
        needs = [i for i, t in enumerate(sent) if t.requires_grad]
        request = {"target": target, "args": out.args, "kwargs": out.kwargs, **self.seed()}
        request.update(needs=needs, leaves=[i for i in needs if sent[i].is_leaf], **options)
        request["numbers"] = self._numbers.of(sent)
        asked = len(args[0]) if options.get("each") else None
        reply, found = self.ask("call", sent, **request)
        holders: dict[Any, Any] = {**dict(enumerate(args)), **kwargs}
        self._take_holders(reply, holders)
        wanted = [("t", i, sent[i]) for i in needs]
        used = dict.fromkeys([*self.mirrors.of(target), *out.mirrors])
        mirrors = self.mirrors.tensors
        wanted += [("p", i, mirrors[i]) for i in used if mirrors[i].requires_grad]
        value = self._received(reply, found, sent, wanted)
        if asked is not None and not (isinstance(value, list) and len(value) == asked):
            self.tampered("not one result for each input")
        measured = self.incoming(reply.get("measured"), found)
        if options.get("meter") == "calls_of" and not _are_names(measured):
            self.tampered("a measurement that is none")
        return value, Noted(self.spare, measured) if isinstance(measured, dict) else measured

    def _take_holders(self, reply: Any, holders: dict[Any, Any]) -> None:
        """Do to lists and other plain data what the call did to its copies of them."""
        try:
            for key, tree in reply.get("holders", ()):
                _rewrite(holders[key], self.incoming(tree, ()))
        except HOSTILE as error:
            self.tampered(error)

    def _received(
        self, reply: Any, found: list[Tensor], sent: Sequence[Tensor], wanted: list[Any]
    ) -> Any:
        """Attach the graph to a call's tensors, remember them, and decode the value."""
        from lmgrade.graph import attach

        try:
            call = reply.get("call")
            if call is not None:
                found = attach(self, call, reply.get("grad", ()), found, wanted)
            for export, tensor in zip(reply.get("export", ()), found, strict=False):
                self._results.add(int(export), tensor)
            for position, export in reply.get("lent", ()):
                self._results.add(int(export), sent[position])
            value = self.incoming(reply.get("value"), found, sent)
            if first := reply.get("kept"):
                self._lists.add(value, int(first))
        except HOSTILE as error:
            self.tampered(error)
        return value

    def next_item(self, target: int) -> list[Any]:
        """The next item of an iterator there, in a list that is empty at its end."""
        self._items += 1
        if self._items % 64 == 0:
            self.link.check_budget()
        if self._items > MAX_ITEMS:
            raise RuntimeError(f"an iterator gave more than {MAX_ITEMS} items")
        reply, found = self.ask("next", target=target)
        items = self._received(reply, found, [], [])
        if not isinstance(items, list):
            self.tampered("not a list")
        last, item = self._last_item, items[0] if items else None
        if reply.get("same") and isinstance(last, list) and isinstance(item, list):
            last[:] = item  # it is the last one, written over
            items[0] = item = last
        self._last_item = item
        return items

    def set_mode(self, handle: int, mode: bool | None) -> None:
        """Tell of train(mode), or of eval() if it is None, along with the next request."""
        self._modes.append((handle, mode))

    def stand(self, handle: int) -> None:
        """There is one more stand-in for a module."""
        self._stand_ins[handle] += 1

    def forget(self, handle: int) -> None:
        """A stand-in is gone; if it was the last one, its parameters need no comparing any more."""
        self._stand_ins[handle] -= 1
        if not self._stand_ins[handle]:
            self._forgotten.append(handle)

    def drop(self, call: int) -> None:
        """The graph of a call is gone here, so it may go there."""
        self._dropped.append(call)


class Noted:
    """Operations that a worker says it did; they may ask for anything, so a spare one does them."""

    def __init__(self, spare: Callable[[], Session], noted: dict[str, Any]) -> None:
        self._spare, self._noted = spare, noted

    def __lmgrade_repeat__(self, *arguments: Any) -> list[Any]:
        session = self._spare()
        out = session.outgoing([self._noted, *arguments], {})
        link = session.link
        try:
            with link.budget(link.limits.total_cpu, "this"):
                reply, found = session.ask("repeat", out.flat.tensors, args=out.args)
        except WorkerLost:
            raise RuntimeError("they take too much time or memory, or end the process") from None
        match session.incoming(reply.get("value"), found):
            case [[list() as one, list() as other], *rest] if all(type(n) is int for n in rest):
                return [
                    [[t for t in made if isinstance(t, Tensor)] for made in (one, other)],
                    *rest,
                ]
        return session.tampered("no repetition")


def _are_names(measured: Any) -> bool:
    return isinstance(measured, list) and all(isinstance(name, str) for name in measured)


def _overwrite(tensor: Tensor, value: Tensor) -> None:
    """Carry an in-place change over, as far as the two tensors are still alike."""
    if tensor.dtype != value.dtype:
        return
    try:
        if tensor.shape == value.shape:
            with torch.no_grad():
                tensor.detach().copy_(value)
        elif not tensor.requires_grad:  # or its history would not fit its shape
            tensor.data = value
    except RuntimeError as refused:  # as of a tensor whose elements share memory: no ill will
        error = RuntimeError(f"an argument was changed in place: {refused}")
        error.__lmgrade__ = True  # type: ignore[attr-defined]
        raise error from None


def _rewrite(holder: Any, value: Any) -> None:
    """Give plain data other contents; it stays the object that a test holds."""
    if not any(isinstance(holder, kind) and isinstance(value, kind) for kind in wire.HOLDERS):
        raise wire.WireError("contents of another kind")
    if isinstance(holder, list):
        holder[:] = value
    elif isinstance(holder, (dict, set)):
        holder.clear()
        holder.update(value)
    elif holder.shape == value.shape:
        holder[...] = value
    else:  # other views, and tensors, may lie in the memory that it has
        raise wire.WireError("an array of another shape")
