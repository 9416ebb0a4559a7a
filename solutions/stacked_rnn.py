# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Layers above layers
#
# **About 60 minutes · 20 points** (18 by tests that you can run yourself, 2 for a short answer)
# · goes with chapters 18–19.
#
# After this notebook you can
#
# - stack recurrent layers, so that one reads the states of the other,
# - hand states in and out, so that a long text can be read in parts,
# - draw the arrows of a stack, and say which arrow does not exist.
#
# Run the cells from top to bottom. Where it says `YOUR CODE HERE`, replace the two lines below.
# Not allowed in your own code: models and layers of `lmlib`.

# %%
import torch
from torch import nn

from lmlib.checks.stacked_rnn import check

# %% [markdown]
# ## The idea
#
# A recurrent network applies one step again and again, so it is deep in time. But between a word and
# its own output lies only *one* hidden layer. A second layer reads the states of the first as if they
# were its words, at the same step, and has weights and a state of its own:
#
# $$h^{(l)}_t = \tanh\big(W^{(l)}_x\, h^{(l-1)}_t + W^{(l)}_h\, h^{(l)}_{t-1} + b^{(l)}\big),
# \qquad h^{(0)}_t = x_t.$$
#
# Think of a grid: steps to the right, layers upwards. Arrows go to the right within a layer and upwards
# within a step. No arrow goes down, and none goes to the left.

# %% [markdown]
# ## Step 1: one cell of the grid
#
# Write the step for a whole batch: `x` is [batch, in], `h` is [batch, hidden], `W_x` is
# [hidden, in], `W_h` is [hidden, hidden] and `b` is [hidden]. This step earns no points.


# %% nbgrader={"cell_type": "code", "grade": false, "grade_id": "step", "locked": false, "schema_version": 3, "solution": true, "task": false}
def step(x, h, W_x, W_h, b):
    """The next state: tanh(W_x x + W_h h + b)."""
    ### BEGIN SOLUTION
    return torch.tanh(x @ W_x.T + h @ W_h.T + b)
    ### END SOLUTION


# %%
check.one_step(step)

# %% [markdown]
# ## Step 2: how many weights?
#
# A matrix is used at all steps of its layer. Before you run the cell: with 3 layers and 100 steps,
# how many sets of weights are there? And why does only the first layer depend on `input_size`?

# %%
input_size, hidden_size = 30, 64
for layer in range(3):
    below = hidden_size if layer else input_size
    print(f"layer {layer}: W_x {hidden_size} × {below}, W_h {hidden_size} × {hidden_size}")

# %% [markdown]
# ## Your task: `StackedRNN`
#
# | part | what is asked |
# | --- | --- |
# | `StackedRNN(input_size, hidden_size, num_layers)` | an `nn.Module`; every layer has weights of its own |
# | parameters | per layer $W_x$ and $W_h$, or both side by side in one matrix, and one or two biases; weights and biases as in `nn.Linear` |
# | `forward(x, h0=None)` | `x` is [batch, seq, input_size]; `h0` is [num_layers, batch, hidden_size], and `None` means zeros |
# | result | a pair `(out, h_n)`: the top layer's states [batch, seq, hidden_size], and every layer's last state [num_layers, batch, hidden_size] |
# | always | rows do not influence each other; `x` and `h0` stay as they are; nothing is remembered between calls; gradients flow back to the first step and to `h0` |
#
# Not allowed: `nn.RNN`, for that would be the whole task; what it does earns nothing. `nn.RNNCell`
# is fine, and so are `nn.Linear` and matrices of your own. No dropout between the layers. In cells of
# your own, compare with `nn.RNN` as you like.


# %% nbgrader={"cell_type": "code", "grade": false, "grade_id": "stacked-rnn-solution", "locked": false, "schema_version": 3, "solution": true, "task": false}
class StackedRNN(nn.Module):
    """Recurrent layers, each of which reads the states of the one below."""

    def __init__(self, input_size: int, hidden_size: int, num_layers: int) -> None:
        super().__init__()
        ### BEGIN SOLUTION
        sizes = [input_size] + [hidden_size] * (num_layers - 1)
        self.from_below = nn.ModuleList(nn.Linear(size, hidden_size) for size in sizes)
        self.from_before = nn.ModuleList(
            nn.Linear(hidden_size, hidden_size, bias=False) for _ in sizes
        )
        ### END SOLUTION

    def forward(self, x, h0=None):
        ### BEGIN SOLUTION
        states, last = x, []
        for layer, below in enumerate(self.from_below):
            before, arriving, states = self.from_before[layer], below(states), []
            h = torch.zeros_like(arriving[:, 0]) if h0 is None else h0[layer]
            for arrival in arriving.unbind(dim=1):
                h = torch.tanh(arrival + before(h))
                states.append(h)
            states = torch.stack(states, dim=1)
            last.append(h)
        return states, torch.stack(last)
        ### END SOLUTION


# %% [markdown]
# Where do you stand? Run this cell as often as you like, after every change.

# %%
check(StackedRNN)

# %% [markdown]
# Stuck on a line? Name its id. Call it again for the next hint.

# %%
check.hint("output_is_top_state")

# %% [markdown]
# ## What is graded
#
# One cell per property, so that partly right work earns part of the points. A property that says
# nothing before another one holds waits for it: all of them need the shapes, and `h0`, biases and
# gradients need states that are right from zeros. The grader runs the same properties on other sizes
# and other numbers. Some of them overwrite all your matrices with one number, so that every state can
# be worked out with pencil and paper.

# %% nbgrader={"cell_type": "code", "grade": true, "grade_id": "shapes", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
check.shapes(StackedRNN)
### BEGIN HIDDEN TESTS
check.grade.shapes(StackedRNN)
### END HIDDEN TESTS


# %% nbgrader={"cell_type": "code", "grade": true, "grade_id": "counts", "locked": true, "points": 4, "schema_version": 3, "solution": false, "task": false}
check.counts(StackedRNN)
### BEGIN HIDDEN TESTS
check.grade.counts(StackedRNN)
### END HIDDEN TESTS


# %% nbgrader={"cell_type": "code", "grade": true, "grade_id": "pure", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
check.pure(StackedRNN)
### BEGIN HIDDEN TESTS
check.grade.pure(StackedRNN)
### END HIDDEN TESTS


# %% nbgrader={"cell_type": "code", "grade": true, "grade_id": "causal", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
check.causal(StackedRNN)
### BEGIN HIDDEN TESTS
check.grade.causal(StackedRNN)
### END HIDDEN TESTS


# %% nbgrader={"cell_type": "code", "grade": true, "grade_id": "output_is_top_state", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
check.output_is_top_state(StackedRNN)
### BEGIN HIDDEN TESTS
check.grade.output_is_top_state(StackedRNN)
### END HIDDEN TESTS


# %% nbgrader={"cell_type": "code", "grade": true, "grade_id": "states_from_zero", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": false}
check.states_from_zero(StackedRNN)
### BEGIN HIDDEN TESTS
check.grade.states_from_zero(StackedRNN)
### END HIDDEN TESTS


# %% nbgrader={"cell_type": "code", "grade": true, "grade_id": "states_from_h0", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
check.states_from_h0(StackedRNN)
### BEGIN HIDDEN TESTS
check.grade.states_from_h0(StackedRNN)
### END HIDDEN TESTS


# %% nbgrader={"cell_type": "code", "grade": true, "grade_id": "chunks", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
check.chunks(StackedRNN)
### BEGIN HIDDEN TESTS
check.grade.chunks(StackedRNN)
### END HIDDEN TESTS


# %% nbgrader={"cell_type": "code", "grade": true, "grade_id": "biases", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
check.biases(StackedRNN)
### BEGIN HIDDEN TESTS
check.grade.biases(StackedRNN)
### END HIDDEN TESTS


# %% nbgrader={"cell_type": "code", "grade": true, "grade_id": "every_call", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
check.every_call(StackedRNN)
### BEGIN HIDDEN TESTS
check.grade.every_call(StackedRNN)
### END HIDDEN TESTS


# %% nbgrader={"cell_type": "code", "grade": true, "grade_id": "gradients", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
check.gradients(StackedRNN)
### BEGIN HIDDEN TESTS
check.grade.gradients(StackedRNN)
### END HIDDEN TESTS


# %% [markdown]
# ## In your own words (2 points)
#
# Somebody draws a stack of two layers with an arrow from layer 2 at step $t$ down to layer 1 at step
# $t + 1$. In two to four sentences: why does your model have no such arrow, and what could you no
# longer do if it had one?

# %% [markdown] nbgrader={"cell_type": "markdown", "grade": true, "grade_id": "no-arrow-down", "locked": false, "points": 2, "schema_version": 3, "solution": true, "task": false}
# Layer 1 reads only its input and its own state, so nothing from above enters it: its states are the
# same whether layer 2 exists or not. That is why layer 1 can run through all steps before
# layer 2 starts. With the arrow, layer 1 would have to wait at every step for layer 2, and the loops
# over layers and steps could not be swapped.
#
# (One point: a layer reads only what lies below and its own past. One point: the layers could not be run one
# after the other any more.)

# %% [markdown]
# ## Look back
#
# - Your model has two loops. Does it matter which one is inside the other?
# - Without the tanh, what could two layers do that one cannot?
# - Copy your weights into `nn.RNN(…, batch_first=True)`: do both give the same numbers?
