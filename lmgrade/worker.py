"""The process that student code runs in: it executes cells and answers calls.

Nothing that this process says is trusted: student code shares its memory and may say anything in
its name. It only has to be right for honest code.
"""

import contextlib
import io
import socket
import sys
from collections import deque
from typing import Any

import torch
from torch import Tensor

from lmgrade import wire
from lmgrade.cell import Cells, failure
from lmgrade.objects import Objects, plain_tree, same_bits

REMEMBERED = 32  # tensors given out, watched for a buffer that is used again,
REMEMBERED_BYTES = 4 << 20  # as long as they are small


def serve(link: socket.socket) -> None:
    """Answer requests until the checker hangs up."""
    worker = Worker()
    while (request := _receive(link)) is not None:
        link.sendall(worker.answer(*request))


def _receive(link: socket.socket) -> tuple[Any, list[Tensor], list[Tensor]] | None:
    """One frame: its tree, its tensors, and the same tensors for comparing with later.

    `None` when the checker has hung up. It sends nothing more before the answer.
    """
    start, end, buffer = wire.HEADER.size, wire.HEADER.size, bytearray()
    while len(buffer) < end:
        chunk = link.recv(1 << 18)
        if not chunk:
            return None
        buffer += chunk
        if end == start <= len(buffer):
            end += sum(wire.frame_sizes(bytes(buffer[:start])))
            text = wire.frame_sizes(bytes(buffer[:start]))[0]
    view = memoryview(buffer)
    tree, data = bytes(view[start : start + text]), view[start + text :]
    return *wire.unpack(tree, data), wire.unpack(tree, data, copy=False)[1]


class Export:
    """A tensor that was given out; writing to it later must show in the checker as well."""

    def __init__(self, number: int, tensor: Tensor, closely: bool) -> None:
        self.number = number
        self.tensor = tensor.detach()
        self._version = self.tensor._version
        # Versions miss what goes through `.data`; a batch loader's buffers are compared in full.
        self._before = self.tensor.clone() if closely else None

    def changed(self) -> bool:
        same = self._before is None or same_bits(self.tensor, self._before)
        if same and self.tensor._version == self._version:
            return False
        self._version = self.tensor._version
        self._before = None if self._before is None else self.tensor.clone()
        return True


class Worker:
    """The state of one submission: its namespace, its objects and the graphs of its calls."""

    def __init__(self) -> None:
        self.cells = Cells()
        self.objects = Objects()
        self.calls: dict[int, tuple[list[Tensor], list[Tensor]]] = {}
        self.exports: deque[Export] = deque(maxlen=REMEMBERED)
        self.lent: deque[Export] = deque(maxlen=REMEMBERED)
        self.count = 0

    def answer(self, request: dict[str, Any], tensors: list[Tensor], before: list[Tensor]) -> bytes:
        """Run one request and report its result or its error, and all that changed meanwhile."""
        reply: dict[str, Any] = {}
        flat = wire.Flattener(self._encode)
        self.inputs: list[Tensor] = []
        self.before = before
        try:
            self._prepare(request, tensors)
            reply["value"] = getattr(self, "do_" + request["op"])(request, tensors, flat, reply)
        except BaseException as error:
            flat = wire.Flattener(self._encode)
            reply = {"error": failure(error)}
        self._report(reply, flat)
        if "seed" in request and torch.initial_seed() != request["seed"]:
            reply["seeded"] = torch.initial_seed() % (1 << 62)
        try:
            return wire.pack(reply, flat.tensors)
        except wire.WireError as error:
            return wire.pack({"error": failure(error)})

    def _prepare(self, request: dict[str, Any], tensors: list[Tensor]) -> None:
        for call in request.get("drop", ()):
            self.calls.pop(call, None)
        for handle, mode in request.get("modes", ()):
            self.objects.get(handle).train(mode)
        for handle in request.get("forget", ()):
            self.objects.forget(handle)
        for index, position, requires_grad in request.get("mirrors", ()):
            self.objects.update_mirror(index, tensors[position], requires_grad)
        torch.set_default_dtype(wire.DTYPES[request.get("default", "float32")])
        if "seed" in request:
            # torch.manual_seed would also note a stack trace for devices that are not there.
            torch.default_generator.manual_seed(request["seed"])

    def _report(self, reply: dict[str, Any], flat: wire.Flattener) -> None:
        """Tell of modules, parameters, inputs and earlier results that are no longer the same."""
        reply["modules"] = self.objects.describe_modules()
        reply["mirrors"] = [
            [index, flat.tensor(tensor.detach())[1], tensor.requires_grad]
            for index, tensor in self.objects.changed_mirrors()
        ]
        reply["inputs"] = [
            [position, flat.tensor(tensor.detach())[1]]
            for position, tensor in enumerate(self.inputs)
            if not same_bits(tensor, self.before[position])
        ]
        reply["exports"] = []
        for export in (*self.exports, *self.lent):
            if export.changed():
                reply["exports"].append([export.number, flat.tensor(export.tensor)[1]])

    def _encode(self, value: Any, flat: wire.Flattener) -> Any:
        if isinstance(value, Tensor):
            for position, tensor in enumerate(self.inputs):
                # One that was changed in place has a history here that the checker's lacks.
                if tensor is value and same_bits(tensor, self.before[position]):
                    return ["a", position]
        return self.objects.encode(value, flat)

    # --- requests ---------------------------------------------------------------------------

    def do_run(self, request: Any, tensors: Any, flat: Any, reply: Any) -> Any:
        """Execute a cell; its own failure is part of the answer."""
        return self.cells.run(request["name"], request["source"])

    def do_names(self, request: Any, tensors: Any, flat: wire.Flattener, reply: Any) -> Any:
        """What the given names stand for now, after the given cell."""
        known = self.cells.snapshots.get(request["after"], {})
        current = vars(self.cells.module)
        found = []
        for name in request["names"]:
            if name in known or name in current:
                found.append([name, flat(known.get(name, current.get(name)))])
        return ["l", *(["l", name, tree] for name, tree in found)]

    def do_call(self, request: Any, tensors: list[Tensor], flat: wire.Flattener, reply: Any) -> Any:
        """Call an object, or a method of it, and keep the graph for a later backward."""
        target = self.objects.get(request["target"])
        if request.get("method"):
            target = getattr(target, request["method"])
        given = self._take_inputs(request, tensors)
        decode = self._decoder(given)
        args = wire.restore(request["args"], decode)
        kwargs = wire.restore(request["kwargs"], decode)
        meter = _meter(request.get("meter"))
        with torch.set_grad_enabled(request["grad"]), meter as measured:
            result = target(*args, **kwargs)
        value = flat(result)
        if measured is not None:
            reply["measured"] = measured.found
        reply["lists"] = _changed_lists(args, request["args"][1:])
        self._keep(tensors, flat, reply)
        if isinstance(value, list) and value[0] == "i":
            reply["lent"] = self._lend()
        return value

    def _take_inputs(self, request: Any, tensors: list[Tensor]) -> list[Tensor]:
        """Leaves stay leaves; anything else becomes the result of an operation, as it was."""
        given = []
        for position, tensor in enumerate(tensors[: request["given"]]):
            if position in request["needs"]:
                tensor.requires_grad_()
                if position not in request["leaves"]:
                    with torch.enable_grad():
                        given.append(tensor.clone())
                    continue
            given.append(tensor)
        self.inputs = given
        return given

    def _keep(self, tensors: Any, flat: wire.Flattener, reply: Any, closely: bool = False) -> None:
        """Keep the graph of a result, and watch whether its tensors are written to later."""
        reply["grad"] = [i for i, t in enumerate(flat.tensors) if t.requires_grad]
        if reply["grad"]:
            self.count += 1
            self.calls[self.count] = (list(flat.tensors), tensors)
            reply["call"] = self.count
        reply["export"] = []
        for tensor in flat.tensors:
            self.count += 1
            reply["export"].append(self.count)
            if tensor.numel() * tensor.element_size() * REMEMBERED <= REMEMBERED_BYTES or closely:
                self.exports.append(Export(self.count, tensor, closely))

    def _lend(self) -> list[list[int]]:
        """A generator keeps its arguments, and may write to them when items are asked for."""
        lent = []
        for position, tensor in enumerate(self.inputs):
            self.count += 1
            lent.append([position, self.count])
            self.lent.append(Export(self.count, tensor, closely=True))
        return lent

    def _decoder(self, tensors: list[Tensor]) -> Any:
        def decode(tag: str, items: list[Any]) -> Any:
            if tag == "t":
                return tensors[items[0]]
            return self.objects.mirrors[items[0]] if tag == "p" else self.objects.get(items[0])

        return decode

    def do_next(self, request: Any, tensors: Any, flat: wire.Flattener, reply: Any) -> Any:
        """The next item of an iterator; an empty list ends it."""
        iterator = self.objects.get(request["target"])
        items = []
        with torch.set_grad_enabled(request["grad"]), contextlib.suppress(StopIteration):
            items.append(next(iterator))  # `iter` again would start some classes anew
        value = flat(items)
        self._keep(tensors, flat, reply, closely=True)
        return value

    def do_iter(self, request: Any, tensors: Any, flat: wire.Flattener, reply: Any) -> Any:
        iterator = iter(self.objects.get(request["target"]))
        return self.objects.handle(iterator)

    def do_getattr(self, request: Any, tensors: Any, flat: wire.Flattener, reply: Any) -> Any:
        return flat(getattr(self.objects.get(request["target"]), request["name"]))

    def do_copy(self, request: Any, tensors: Any, flat: wire.Flattener, reply: Any) -> Any:
        import copy

        return flat(copy.deepcopy(self.objects.get(request["target"])))

    def do_backward(self, request: Any, tensors: list[Tensor], flat: Any, reply: Any) -> Any:
        """The gradients of a call's results with respect to its inputs and parameters."""
        outputs, inputs = self.calls[request["call"]]
        wrt = [
            inputs[number] if kind == "t" else self.objects.mirrors[number]
            for kind, number in request["wrt"]
        ]
        grads = torch.autograd.grad(
            [outputs[index] for index in request["outputs"]],
            wrt,
            tensors,
            retain_graph=request["keep"],
            allow_unused=True,
        )
        return ["l", *(None if grad is None else flat.tensor(grad.detach()) for grad in grads)]

    def do_nodes(self, request: Any, tensors: Any, flat: Any, reply: Any) -> Any:
        """How many autograd nodes are behind a call's results."""
        outputs, _ = self.calls[request["call"]]
        seen = set()
        queue = [tensor.grad_fn for tensor in outputs if tensor.grad_fn is not None]
        while queue:
            node = queue.pop()
            if node not in seen:
                seen.add(node)
                queue += [following for following, _ in node.next_functions if following]
        return len(seen)


def _changed_lists(args: list[Any], sent: list[Any]) -> list[list[Any]]:
    """Arguments that are lists of plain data and hold something else than when they came."""
    changed = []
    for position, value in enumerate(args):
        with contextlib.suppress(wire.WireError):  # tensors and objects are not plain
            if isinstance(value, list) and (tree := plain_tree(value)) != sent[position]:
                changed.append([position, tree])
    return changed


def _meter(name: str | None) -> Any:
    if name is None:
        return contextlib.nullcontext()
    from lmlib.checks.remote import METERS

    return METERS[name]()


# Output is kept short by `Cells`; outside cells it goes nowhere.
sys.stdout = sys.stdout if sys.stdout is not None else io.StringIO()
