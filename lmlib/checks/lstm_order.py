"""In which order an LSTM cell takes x, h and c: `interface` judges it, and no other property."""

import contextlib
import weakref
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn

USUAL = "cell(x, (h, c))"
ORDERS: dict[str, Callable[[Any, Any, Any], tuple[Any, ...]]] = {
    USUAL: lambda x, h, c: (x, (h, c)),
    "cell(x, h, c)": lambda x, h, c: (x, h, c),
    "cell((h, c), x)": lambda x, h, c: ((h, c), x),
}
# In which order each class of cells takes x, h and c.
ORDER_OF: weakref.WeakKeyDictionary[Any, str] = weakref.WeakKeyDictionary()


def call_cell(cell: nn.Module, x: Tensor, h: Tensor, c: Tensor) -> Any:
    """Call a cell with x, h and c in the order that it takes."""
    return cell(*arguments(cell, x, h, c))


def arguments(cell: nn.Module, x: Tensor, h: Tensor, c: Tensor) -> tuple[Any, ...]:
    """x, h and c in the order that a cell takes."""
    return ORDERS[order_of(type(cell))](x, h, c)


def order_of(Cell: Any) -> str:
    """In which order cells of a class take x, h and c; the usual one if they take them in none."""
    if Cell not in ORDER_OF:
        ORDER_OF[Cell] = next((order for order in ORDERS if _takes(Cell, order)), USUAL)
    return ORDER_OF[Cell]


def _takes(Cell: Any, order: str) -> bool:
    with contextlib.suppress(Exception):
        Cell(3, 5)(*ORDERS[order](torch.ones(2, 3), torch.ones(2, 5), torch.ones(2, 5)))
        return True
    return False
