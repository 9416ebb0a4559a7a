"""Operations that were noted are done once more, here and with other numbers, and counted.

Whoever noted them may not tell the truth. So what they do with numbers that nobody knew before has
to be what the code itself does with them: then these operations are a way to do it. Only plain
arithmetic is done, whatever is asked for.
"""

from typing import Any

import torch
from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves

from lmlib.checks.expect import expect

PRODUCTS = {"mm", "bmm", "mv", "dot", "vdot", "addmm", "baddbmm", "addbmm", "addmv"}
TIMES = {"mul", "addcmul"}
POINTWISE = """
    abs add addcdiv angle asinh atan atan2 atanh bitwise_and bitwise_not bitwise_or bitwise_xor ceil
    celu clamp clamp_max clamp_min copysign cos cosh div elu eq erf erfc exp exp2 expm1 fill floor
    floor_divide fmax fmin fmod frac ge gelu gt hardsigmoid hardtanh isfinite isinf isnan ldexp
    leaky_relu le lerp log log10 log1p log2 log_sigmoid_forward logaddexp logaddexp2 logical_and
    logical_not logical_or logical_xor logit lt masked_fill maximum minimum nan_to_num ne neg pow
    reciprocal relu remainder round rsqrt rsub sgn sigmoid sign silu sin sinh softplus sqrt square
    sub tan tanh threshold trunc where xlogy zero
"""
SHAPES = """
    _reshape_alias _to_copy _unsafe_view alias as_strided as_strided_copy cat clone constant_pad_nd
    copy detach diagonal expand flip gather index index_add index_copy index_fill index_put
    index_select lift lift_fresh lift_fresh_copy masked_scatter masked_select narrow_copy permute
    repeat roll scatter scatter_add select select_scatter slice slice_scatter split split_with_sizes
    squeeze stack t take transpose tril triu unbind unfold unsafe_split unsafe_split_with_sizes
    unsqueeze view
"""
MAKERS = """
    arange empty empty_like empty_strided eye full full_like linspace new_empty new_empty_strided
    new_full new_ones new_zeros ones ones_like scalar_tensor zeros zeros_like
"""
SUMS = """
    _local_scalar_dense _log_softmax _softmax all amax amin any argmax argmin cumprod cumsum equal
    is_same_size linalg_vector_norm logsumexp max mean min nonzero norm prod sort std sum topk var
"""
ALLOWED = {"convolution", *PRODUCTS, *TIMES, *(POINTWISE + SHAPES + MAKERS + SUMS).split()}
MOST = 20_000  # operations
NAMED = {
    str(value): value
    for value in vars(torch).values()
    if isinstance(value, torch.dtype | torch.memory_format)
} | {"torch.strided": torch.strided, "cpu": torch.device("cpu")}


def repeat(noted: Any, others: dict[Tensor, Tensor]) -> tuple[list[Tensor], list[int]]:
    """Do all that was noted, but with other numbers for some of the given tensors.

    Return every tensor that an operation made, and how many numbers each product multiplied:
    [n, m] times [m, p] are n · m · p multiplications, whether they run as a matrix product, as a
    convolution or element by element.
    """
    given = [
        next((new.clone() for old, new in others.items() if _same(old, tensor)), tensor.clone())
        for tensor in noted["given"]
    ]
    tensors: dict[int, Tensor] = {}

    def value_of(plain: Any) -> Any:
        if isinstance(plain, list):
            return [value_of(part) for part in plain]
        match plain:
            case {"tensor": number}:
                return tensors[number]
            case {"given": [number, place]}:
                return tensors.setdefault(number, given[place])
            case {"torch": name}:
                return NAMED[name]
        return plain

    results: list[Tensor] = []
    with torch.no_grad(), MultiplicationCounter() as counter:
        for name, overload, args, kwargs, numbers in noted["steps"][:MOST]:
            named = {key: value_of(part) for key, part in kwargs.items()}
            found = _operation(name, overload)(*value_of(args), **named)
            made = [part for part in tree_leaves(found) if isinstance(part, Tensor)]
            tensors.update(zip(numbers, made, strict=True))
            results += made
    return results, counter.found


def _same(a: Tensor, b: Tensor) -> bool:
    return a.dtype == b.dtype and a.shape == b.shape and torch.equal(a, b)


def _operation(name: str, overload: str) -> Any:
    """An operation that is known to do no more than arithmetic, by the name of its schema."""
    space, _, plain = name.partition("::")
    text = f"a call uses PyTorch's {name}, whose multiplications cannot be counted"
    expect(space == "aten" and plain.removesuffix("_") in ALLOWED, "not-countable", text)
    operation = getattr(torch.ops.aten, plain)
    return {one: getattr(operation, one) for one in operation.overloads()}[overload or "default"]


class MultiplicationCounter(TorchDispatchMode):
    """Notes how many numbers each operation of PyTorch multiplies while the mode is on."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[int] = []

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        result = func(*args, **(kwargs or {}))
        name = func.overloadpacket.__name__.rstrip("_")
        if name in PRODUCTS:
            left, right = args[name.startswith(("add", "badd")) :][:2]
            self.found.append(left.numel() * (right.shape[-1] if right.dim() > 1 else 1))
        elif name == "convolution":
            self.found.append(result.numel() * args[1][0].numel())
        elif name in TIMES:
            self.found.append(result.numel())
        return result
