"""The autograd node that stands for a call in the worker."""

import weakref
from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor
from torch.autograd.function import once_differentiable

from lmgrade.session import HOSTILE


def attach(
    session: Any, call: int, grad: Sequence[int], tensors: list[Tensor], wanted: list[Any]
) -> list[Tensor]:
    """Give the call's differentiable results a history that leads to `wanted`."""
    # A worker may say what it likes: only floating tensors can need a gradient.
    indices = sorted({i for i in grad if tensors[i].is_floating_point()})
    if not indices or not torch.is_grad_enabled():
        session.drop(call)
        return tensors
    spec = _Call(session, call, indices, [(kind, number) for kind, number, _ in wanted])
    spec.results = tuple(tensors[i] for i in indices)
    # What needs a gradient for a tensor that no module has registered has a history, too.
    leaves = [tensor for *_, tensor in wanted] or [torch.zeros((), requires_grad=True)]
    outputs = RemoteCall.apply(spec, *leaves)
    spec.results = ()  # or the results and their history would keep each other alive
    attached = list(tensors)
    for index, output in zip(indices, outputs, strict=True):
        attached[index] = output
    return attached


class _Call:
    """What a node has to know of its call; when it dies, the worker's graph may die too."""

    def __init__(self, session: Any, call: int, outputs: list[int], wrt: list[Any]) -> None:
        self.session, self.call, self.outputs, self.wrt = session, call, outputs, wrt
        self.results: tuple[Tensor, ...] = ()
        weakref.finalize(self, session.drop, call).atexit = False

    def nodes(self) -> int:
        reply, _ = self.session.ask("nodes", call=self.call)
        value = reply.get("value")
        # Every result that needs a gradient has at least the node that made it.
        plausible = type(value) is int and value >= 1
        return value if plausible else self.session.tampered("an impossible number of nodes")


class RemoteCall(torch.autograd.Function):
    """Hands out the results that already arrived; its backward asks the worker."""

    @staticmethod
    def forward(ctx: Any, spec: _Call, *tensors: Tensor) -> tuple[Tensor, ...]:
        ctx.spec = spec
        ctx.__lmgrade_nodes__ = spec.nodes
        ctx.set_materialize_grads(False)
        ctx.likes = [(t.shape, t.dtype) for t in tensors]
        return spec.results

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, *grads: Tensor | None) -> tuple[Any, ...]:
        spec, needs = ctx.spec, ctx.needs_input_grad[1:]
        given = [(i, g) for i, g in zip(spec.outputs, grads, strict=True) if g is not None]
        asked = [k for k, _ in enumerate(spec.wrt) if needs[k]]
        found = _gradients(spec, given, [spec.wrt[k] for k in asked]) if given and asked else []
        result: list[Tensor | None] = [None] * len(needs)
        for k, grad in zip(asked, found, strict=False):
            if grad is not None and (grad.shape, grad.dtype) != ctx.likes[k]:
                shape = list(ctx.likes[k][0])
                raise RuntimeError(f"the gradient of a {shape} tensor has shape {list(grad.shape)}")
            result[k] = grad
        return (None, *result)


def _gradients(spec: _Call, given: list[tuple[int, Tensor]], wrt: list[Any]) -> list[Any]:
    keep = getattr(torch._C._autograd, "_get_current_graph_task_keep_graph", lambda: True)()
    reply, found = spec.session.ask(
        "backward",
        [grad for _, grad in given],
        call=spec.call,
        outputs=[index for index, _ in given],
        wrt=[list(entry) for entry in wrt],
        keep=bool(keep),
    )
    grads = spec.session.incoming(reply.get("value"), found)
    if not isinstance(grads, list) or len(grads) != len(wrt):
        spec.session.tampered("gradients that do not fit")
    if any(grad is not None and not isinstance(grad, Tensor) for grad in grads):
        spec.session.tampered("gradients that are no tensors")
    try:
        for number in reply.get("sparse", ()):  # as nn.Embedding(sparse=True) makes them
            grads[number] = grads[number].to_sparse(1)
    except HOSTILE as error:
        spec.session.tampered(error)
    return list(grads)
