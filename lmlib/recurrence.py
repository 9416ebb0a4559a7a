"""A plain recurrent layer with backpropagation through time written out: faster on a CPU.

Autograd walks back through one small operation per step and weight. Written out, the loop holds
only what must wait for its neighbour, and the weights' gradient is one product for all steps.
"""

from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.autograd.function import once_differentiable
from torch.nn import functional as F

from lmlib.arguments import check_floats, check_shape, check_sizes


def recur(
    x: Float[Tensor, "batch seq hidden"],
    weight: Float[Tensor, "hidden hidden"],
    h0: Float[Tensor, "batch hidden"] | None = None,
    phi: str = "tanh",
) -> Float[Tensor, "batch seq hidden"]:
    r"""Return all states of the recurrence :math:`h_t = \phi(x_t + W h_{t-1})`.

    x holds what each word contributes, biases included; h0 is zero by default. Raises TypeError
    unless all are tensors of floats, ValueError unless their shapes belong together and `phi` is
    "tanh" or "relu". Source: Werbos 1990 for the gradient.
    """
    if phi not in ("tanh", "relu"):
        raise ValueError(f'phi is {phi!r}; allowed are "tanh" and "relu"')
    check_floats("x", x)
    check_shape("x", x, "batch", "seq", "hidden")
    B, _, H = x.shape
    check_floats("weight", weight)
    check_shape("weight", weight, H, H)
    x = x.to(weight.dtype)  # mixed precision may hand over a smaller type
    if h0 is None:
        h0 = x.new_zeros(B, H)
    check_floats("h0", h0)
    check_shape("h0", h0, B, H)
    return _Loop.apply(x.transpose(0, 1), weight, h0.to(weight.dtype), phi).transpose(0, 1)


class _Loop(torch.autograd.Function):
    r"""The recurrence over x [T, B, H], and its gradient (BPTT).

    .. math:: \delta_t = \phi'_t \odot (\nabla_{h_t} L + W^\top \delta_{t+1}), \qquad
        \nabla_W L = \sum_t \delta_t h_{t-1}^\top
    """

    @staticmethod
    def forward(ctx: Any, x: Tensor, weight: Tensor, h0: Tensor, phi: str) -> Tensor:
        T, B, H = x.shape
        states = x.new_empty(T + 1, B, H)  # with the first one, so that "before" is a view
        states[0] = h0
        h, transposed = h0, weight.t()
        activate = torch.relu_ if phi == "relu" else torch.tanh_
        for x_t, h_t in zip(x.unbind(), states[1:].unbind(), strict=True):
            h = activate(torch.addmm(x_t, h, transposed, out=h_t))
        ctx.save_for_backward(states, weight)
        ctx.phi = phi
        return states[1:]

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor, Tensor, Tensor, None]:
        states, weight = ctx.saved_tensors
        before, after = states[:-1], states[1:]
        slope = (after > 0).to(grad.dtype) if ctx.phi == "relu" else 1 - after * after
        deltas = grad.clone(memory_format=torch.contiguous_format)
        delta = torch.zeros_like(before[0])  # nothing comes back from after the last step
        for delta_t, slope_t in zip(deltas.unbind()[::-1], slope.unbind()[::-1], strict=True):
            delta = delta_t.addmm_(delta, weight).mul_(slope_t)
        d_weight = deltas.flatten(0, 1).t() @ before.flatten(0, 1)
        return deltas, d_weight, delta @ weight, None


class RNN(nn.RNN):
    r"""`nn.RNN`, batch first, with the written-out loop where cuDNN's is not at hand.

    .. math:: h_t = \phi(W_{ih} x_t + b_{ih} + W_{hh} h_{t-1} + b_{hh})

    Parameters, start and results are `nn.RNN`'s. Raises TypeError for a size that is no whole
    number and for what are no tensors of floats, ValueError for other sizes and shapes.
    """

    def __init__(
        self, input_size: int, hidden_size: int, num_layers: int = 1, nonlinearity: str = "tanh"
    ) -> None:
        check_sizes(input_size=input_size, hidden_size=hidden_size, num_layers=num_layers)
        super().__init__(
            input_size, hidden_size, num_layers, nonlinearity=nonlinearity, batch_first=True
        )

    def forward(  # type: ignore[override]  # no packed sequences
        self,
        x: Float[Tensor, "batch seq input"],
        h0: Float[Tensor, "layers batch hidden"] | None = None,
    ) -> tuple[Float[Tensor, "batch seq hidden"], Float[Tensor, "layers batch hidden"]]:
        check_floats("x", x)
        check_shape("x", x, "batch", "seq", self.input_size)
        if h0 is not None:
            check_shape("h0", h0, self.num_layers, len(x), self.hidden_size)
        if x.is_cuda:
            return super().forward(x, h0)
        last = []
        for layer, (w_ih, w_hh, b_ih, b_hh) in enumerate(self.all_weights):
            start = None if h0 is None else h0[layer]
            x = recur(F.linear(x, w_ih, b_ih + b_hh), w_hh, start, self.nonlinearity)
            last.append(x[:, -1])
        return x, torch.stack(last)
