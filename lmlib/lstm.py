"""The LSTM cell twice: gate by gate, and as two matrix products."""

import torch
from jaxtyping import Float
from torch import Tensor, nn

from lmlib.arguments import check_sizes, shown
from lmlib.inputs import check_step

State = tuple[Tensor, Tensor]  # h and c, each [batch, hidden]


class LSTMCell(nn.Module):
    r"""One step of an LSTM, each gate a linear layer on the joined state and input.

    .. math::
        i, f, o &= \sigma(W_{i,f,o}\,[h; x] + b_{i,f,o}) \qquad g = \tanh(W_g\,[h; x] + b_g) \\
        c' &= f \odot c + i \odot g \qquad h' = o \odot \tanh c'

    Returns the output h' first, then the new state (h', c'), as `nn.LSTM` does. Raises TypeError
    unless the state is a pair and all are tensors of floats, ValueError for a size below 1 or
    other shapes. Source: Hochreiter & Schmidhuber 1997; the forget gate is from Gers, Schmidhuber
    & Cummins 2000.
    """

    def __init__(self, input_size: int, hidden_size: int) -> None:
        super().__init__()
        check_sizes(input_size=input_size, hidden_size=hidden_size)
        self.input_size, self.hidden_size = input_size, hidden_size
        joined_size = hidden_size + input_size
        self.input_gate = nn.Linear(joined_size, hidden_size)
        self.forget_gate = nn.Linear(joined_size, hidden_size)
        self.cell_gate = nn.Linear(joined_size, hidden_size)
        self.output_gate = nn.Linear(joined_size, hidden_size)

    def forward(
        self, input: Float[Tensor, "batch input"], state: State
    ) -> tuple[Float[Tensor, "batch hidden"], State]:
        h, c = check_step(input, state, self.input_size, self.hidden_size)
        joined = torch.cat([h, input], dim=1)  # [batch, hidden + input]
        i = torch.sigmoid(self.input_gate(joined))  # how much of the new content to write
        f = torch.sigmoid(self.forget_gate(joined))  # how much of the memory to keep
        g = torch.tanh(self.cell_gate(joined))  # the new content, from −1 to 1
        o = torch.sigmoid(self.output_gate(joined))  # how much of the memory to show
        c = f * c + i * g
        h = o * torch.tanh(c)
        return h, (h, c)


class RefactoredLSTMCell(nn.Module):
    """The same step with two matrix products, one for the input and one for the state.

    The rows of one tall matrix are independent, so the four gates are computed together and
    cut apart afterwards; W [h; x] is W_h h + W_x x. Same function, fewer and larger products.
    Raises what LSTMCell raises.
    """

    def __init__(self, input_size: int, hidden_size: int) -> None:
        super().__init__()
        check_sizes(input_size=input_size, hidden_size=hidden_size)
        self.input_size, self.hidden_size = input_size, hidden_size
        self.ih = nn.Linear(input_size, 4 * hidden_size)
        self.hh = nn.Linear(hidden_size, 4 * hidden_size)

    def forward(
        self, input: Float[Tensor, "batch input"], state: State
    ) -> tuple[Float[Tensor, "batch hidden"], State]:
        h, c = check_step(input, state, self.input_size, self.hidden_size)
        gates = self.ih(input) + self.hh(h)  # [batch, 4 · hidden], in PyTorch's order i, f, g, o
        i, f, g, o = gates.chunk(4, dim=1)
        c = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g)
        h = torch.sigmoid(o) * torch.tanh(c)
        return h, (h, c)


@torch.no_grad()
def load_lstm_cell(cell: LSTMCell | RefactoredLSTMCell, source: nn.LSTMCell) -> None:
    """Copy the weights of PyTorch's cell into `cell`, which then computes the same function.

    Raises TypeError for other kinds of cells, ValueError if the sizes differ or `source` has no
    biases.
    """
    if not isinstance(cell, (LSTMCell, RefactoredLSTMCell)):
        raise TypeError(f"cell is {shown(cell)}; it must be an LSTMCell or RefactoredLSTMCell")
    if not isinstance(source, nn.LSTMCell):
        raise TypeError(f"source is {shown(source)}; it must be a torch.nn.LSTMCell")
    if not source.bias:
        raise ValueError("source has bias=False; the course's cells have biases in every gate")
    ih, hh = source.weight_ih, source.weight_hh
    if isinstance(cell, RefactoredLSTMCell):
        pairs = [(cell.ih.weight, ih), (cell.hh.weight, hh)]
        pairs += [(cell.ih.bias, source.bias_ih), (cell.hh.bias, source.bias_hh)]
    else:
        gates = [cell.input_gate, cell.forget_gate, cell.cell_gate, cell.output_gate]
        weights = torch.cat([hh, ih], dim=1).chunk(4)  # each [hidden, hidden + input]
        biases = (source.bias_ih + source.bias_hh).chunk(4)
        pairs = [(gate.weight, w) for gate, w in zip(gates, weights, strict=True)]
        pairs += [(gate.bias, b) for gate, b in zip(gates, biases, strict=True)]
    for mine, theirs in pairs:
        if mine.shape != theirs.shape:
            raise ValueError(f"sizes differ: {list(theirs.shape)} does not fit {list(mine.shape)}")
        mine.copy_(theirs)
