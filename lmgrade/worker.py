"""The process that student code runs in: it executes cells and answers calls.

Nothing that this process says is trusted: student code shares its memory and may say anything in
its name. It only has to be right for honest code.
"""

import contextlib
import copy
import re
import socket
from typing import Any

import torch
from torch import Tensor

from lmgrade import removal, wire
from lmgrade.cell import Cells, failure
from lmgrade.objects import Objects, plain_tree
from lmgrade.places import ABSENT, Places
from lmgrade.reply import Reply
from lmgrade.request import Request, receive
from lmgrade.shared import Arguments, Lists
from lmgrade.watched import Exports


def serve(link: socket.socket) -> None:
    """Answer requests until the checker hangs up."""
    worker = Worker()
    while (request := receive(link)) is not None:
        link.sendall(worker.answer(request))


class Worker:
    """The state of one submission: its namespace, its objects and the graphs of its calls."""

    def __init__(self) -> None:
        self.cells = Cells()
        self.places = Places(vars(self.cells.module))
        self.objects = Objects()
        self.exports = Exports()
        self.arguments = Arguments()
        self.lists = Lists()
        self.calls: dict[int, tuple[list[Tensor], list[Tensor]]] = {}
        self.count = 0
        self.last_item: Any = None  # what an iterator gave last

    def answer(self, request: Request) -> bytes:
        """Run one request and report its result or its error, and all that changed meanwhile."""
        reply = Reply(request, self.objects)
        try:
            self._prepare(request)
            operation = getattr(self, "do_" + request.tree["op"])
            reply.tree["value"] = operation(request.tree, request, reply)
        except BaseException as error:
            reply = Reply(request, self.objects)
            reply.tree["error"] = failure(error)
        try:
            self._report(request, reply)
        except Exception as error:  # a parameter that has no memory yet, for one
            reply = Reply(request, self.objects)
            reply.tree["error"] = failure(error)
        return reply.pack()

    def _prepare(self, request: Request) -> None:
        """Bring this side up to date."""
        tree = request.tree
        for call in tree.get("drop", ()):
            self.calls.pop(call, None)
        for handle, mode in tree.get("modes", ()):
            module = self.objects.get(handle)
            if mode:
                module.train()
            else:
                module.eval() if mode is None else module.train(False)
        for handle in tree.get("forget", ()):
            self.objects.forget(handle)
        for index, position, requires_grad in tree.get("mirrors", ()):
            self.objects.update_mirror(index, request.tensors[position], requires_grad)
        for number, position in tree.get("results", ()):
            self.exports.write(number, request.tensors[position])
        for number, items in tree.get("rewritten", ()):
            self.lists.put(number, wire.restore(items, self._decoder([])))
        dtype = wire.DTYPES[tree.get("default", "float32")]
        if torch.get_default_dtype() != dtype:
            torch.set_default_dtype(dtype)
        if "seed" in tree:
            # torch.manual_seed would also note a stack trace for devices that are not there.
            torch.default_generator.manual_seed(tree["seed"])

    def _report(self, request: Request, reply: Reply) -> None:
        """Tell of modules, parameters, inputs and earlier results that are no longer the same."""
        reply.add("modules", self.objects.describe_modules())
        mirrors = self.objects.changed_mirrors()
        reply.add("mirrors", [[i, reply.put(t), t.requires_grad] for i, t in mirrors])
        reply.add("inputs", [[i, reply.put(request.given[i])] for i in request.changed()])
        reply.add("tracked", request.tracked())
        reply.add("exports", [[e.number, reply.put(e.tensor)] for e in self.exports.changed()])
        spoiled = self.arguments.changed(request.given)
        reply.add("spoiled", [[number, reply.put(tensor)] for number, tensor in spoiled])
        lists = self.lists.changed()
        reply.add("rewritten", [[number, reply.encode(value)] for number, value in lists])

    # --- requests ---------------------------------------------------------------------------

    def do_remove(self, tree: Any, request: Request, reply: Reply) -> None:
        """Take PyTorch's ready-made layers away whose names match."""
        removal.remove(re.compile(tree["ready_made"]))

    def do_run(self, tree: Any, request: Request, reply: Reply) -> Any:
        """Execute a cell; its own failure is part of the answer."""
        said = self.cells.run(tree["name"], tree["source"])
        self.places.note(tree["name"], tree["source"])
        return said

    def do_names(self, tree: Any, request: Request, reply: Reply) -> Any:
        """What the given names stand for after the given cell, where calls now take place."""
        self.places.go_to(tree["after"])
        found = [(name, self.places.value(name, tree["after"])) for name in tree["names"]]
        return ["l", *(["l", n, reply.encode(value)] for n, value in found if value is not ABSENT)]

    def do_replaced(self, tree: Any, request: Request, reply: Reply) -> Any:
        """The names that make a subject another one at some of its tests than at others."""
        return ["l", *sorted(self.places.replaced_for(tree["subject"], tree["places"]))]

    def do_call(self, tree: Any, request: Request, reply: Reply) -> Any:
        """Call an object, or a method of it, and keep the graph for a later backward."""
        target = self.objects.get(tree["target"])
        if tree.get("method"):
            target = getattr(target, tree["method"])
        given = request.take()
        self.arguments.recall(given, tree.get("numbers", ()))
        decode = self._decoder(given)
        args, kwargs = wire.restore(tree["args"], decode), wire.restore(tree["kwargs"], decode)
        with torch.set_grad_enabled(tree["grad"]), _meter(tree.get("meter")) as meter:
            if tree.get("each"):
                inputs, new = args
                module = target if new is None else _new(target, new)
                result = [module(x) for x in inputs]
            else:
                result = target(*args, **kwargs)
        value = reply.encode(result)
        sent = [*enumerate(tree["args"][1:]), *tree["kwargs"][1:]]
        holders = {**dict(enumerate(args)), **kwargs}
        reply.add("holders", _changed_holders(holders, sent))
        self._keep(request, reply)
        reply.add("kept", self.lists.add(result))
        if isinstance(value, list) and value[0] == "i":
            lent = [[i, self.exports.lend(tensor)] for i, tensor in enumerate(request.given)]
            reply.add("lent", lent)
        if tree.get("meter"):
            reply.tree["measured"] = reply.encode(meter.found)
        return value

    def _keep(self, request: Request, reply: Reply, closely: bool = False) -> None:
        """Keep the graph of a result, and watch whether its tensors are written to later."""
        reply.add("grad", [i for i, t in enumerate(reply.tensors) if t.requires_grad])
        if "grad" in reply.tree:
            self.count += 1
            self.calls[self.count] = (list(reply.tensors), request.tensors)
            reply.tree["call"] = self.count
        reply.add("export", [self.exports.give(tensor, closely) for tensor in reply.tensors])

    def _decoder(self, tensors: list[Tensor]) -> Any:
        def decode(tag: str, items: list[Any]) -> Any:
            if tag == "t":
                return tensors[items[0]]
            return self.objects.mirrors[items[0]] if tag == "p" else self.objects.get(items[0])

        return decode

    def do_repeat(self, tree: Any, request: Request, reply: Reply) -> Any:
        """Do the operations that another worker told of; this one has run nobody's code."""
        from lmlib.checks.operations import repeat

        arguments = wire.restore(tree["args"], self._decoder(request.take()))
        return reply.encode(list(repeat(*arguments)))

    def do_next(self, tree: Any, request: Request, reply: Reply) -> Any:
        """The next item of an iterator; an empty list ends it."""
        iterator = self.objects.get(tree["target"])
        items = []
        with torch.set_grad_enabled(tree["grad"]), contextlib.suppress(StopIteration):
            items.append(next(iterator))  # `iter` again would start some classes anew
            if isinstance(items[0], list) and items[0] is self.last_item:
                reply.tree["same"] = True
            self.last_item = items[0]
        value = reply.encode(items)
        self._keep(request, reply, closely=True)
        return value

    def do_iter(self, tree: Any, request: Request, reply: Reply) -> Any:
        return self.objects.handle(iter(self.objects.get(tree["target"])))

    def do_getattr(self, tree: Any, request: Request, reply: Reply) -> Any:
        return reply.encode(getattr(self.objects.get(tree["target"]), tree["name"]))

    def do_copy(self, tree: Any, request: Request, reply: Reply) -> Any:
        return reply.encode(copy.deepcopy(self.objects.get(tree["target"])))

    def do_backward(self, tree: Any, request: Request, reply: Reply) -> Any:
        """The gradients of a call's results with respect to its inputs and parameters."""
        outputs, inputs = self.calls[tree["call"]]
        wrt = [
            inputs[number] if kind == "t" else self.objects.mirrors[number]
            for kind, number in tree["wrt"]
        ]
        # A weighted sum: weights given to `autograd.grad` would make it import SymPy, 0.3 s.
        results = [outputs[index] for index in tree["outputs"]]
        with torch.enable_grad():
            total = sum((r * w).sum() for r, w in zip(results, request.tensors, strict=True))
        grads = torch.autograd.grad(total, wrt, retain_graph=tree["keep"], allow_unused=True)
        sparse = [number for number, g in enumerate(grads) if g is not None and g.is_sparse]
        reply.add("sparse", sparse)
        return ["l", *(None if g is None else ["t", reply.put(g.to_dense())] for g in grads)]

    def do_nodes(self, tree: Any, request: Request, reply: Reply) -> Any:
        """How many autograd nodes are behind a call's results."""
        outputs, _ = self.calls[tree["call"]]
        seen = set()
        queue = [tensor.grad_fn for tensor in outputs if tensor.grad_fn is not None]
        while queue:
            node = queue.pop()
            if node not in seen:
                seen.add(node)
                queue += [following for following, _ in node.next_functions if following]
        return len(seen)


def _meter(name: str | None) -> Any:
    """What a check wants to have measured of a call, if anything, as a context."""
    if not name:
        return contextlib.nullcontext()
    from lmlib.checks.meters import METERS

    return METERS[name]()


def _new(make: Any, args: list[Any]) -> Any:
    module = make(*args)
    module.train()
    return module


def _changed_holders(holders: dict[Any, Any], sent: list[Any]) -> list[list[Any]]:
    """Arguments of plain data that hold something else than when they came."""
    changed = []
    for key, before in sent:
        value = holders[key]
        with contextlib.suppress(wire.WireError):  # tensors and objects are not plain
            if isinstance(value, wire.HOLDERS) and (tree := plain_tree(value)) != before:
                of_other_shape = tree[0] == "n" and tree[:3] != before[:3]  # cannot be taken over
                changed += [] if of_other_shape else [[key, tree]]
    return changed
