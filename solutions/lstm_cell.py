# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # The LSTM cell, twice
#
# **About 90 minutes · 20 points** (18 by tests that you can run yourself, 2 for a short answer)
# · goes with chapters 24–29.
#
# After this notebook you can
#
# - write one step of an LSTM from its equations,
# - say what the two states are for, and which one goes to the next layer,
# - compute the same step with two matrix products, and say what is saved and what is not.
#
# Run the cells from top to bottom. Where it says `YOUR CODE HERE`, replace the two lines below.
# Not allowed in your own code: models and layers of `lmlib`.

# %%
import torch
from torch import nn

from lmlib.checks.lstm_cell import check

# %% [markdown]
# ## Two states, two jobs
#
# A plain recurrent layer has one state that must do two things at once: remember, and be the output.
# The LSTM splits the jobs. The **cell state** $c$ remembers. The **hidden state** $h$ is what the cell
# shows to the next layer, and to itself in the next step.
#
# $$\begin{aligned}
# i &= \sigma(W_i\,[h; x] + b_i) & f &= \sigma(W_f\,[h; x] + b_f) \\
# o &= \sigma(W_o\,[h; x] + b_o) & g &= \tanh(W_g\,[h; x] + b_g) \\
# c' &= f \odot c + i \odot g & h' &= o \odot \tanh(c')
# \end{aligned}$$
#
# Three gates say *how much*, from 0 to 1: $f$ of the old memory to keep, $i$ of the candidate
# $g$ to write, $o$ of the memory to show. Nothing but a gate and a sum stands on the way from $c$ to $c'$:
# with $f$ near 1, memory and gradient pass almost as they are.
#
# Hochreiter and Schmidhuber described the cell in 1997. The forget gate came with Gers, Schmidhuber
# and Cummins in 2000.

# %% [markdown]
# ## Step 1: join, then look
#
# $[h; x]$ is "h and x side by side". Before you run the cell: what shape has the joined tensor?

# %%
h, x = torch.zeros(4, 5), torch.ones(4, 3)
joined = torch.cat([h, x], dim=1)
print(joined.shape)
print(joined[0])

# %% [markdown]
# Write a gate: join `h` and `x` (`h` first), send the result through `layer`, and squash it to 0…1.
# This step earns no points; the cell is four of them, one with another squashing.


# %% nbgrader={"cell_type": "code", "grade": false, "grade_id": "gate", "locked": false, "schema_version": 3, "solution": true, "task": false}
def gate(layer, h, x):
    """The gate's value for each row and unit, from 0 to 1."""
    ### BEGIN SOLUTION
    return torch.sigmoid(layer(torch.cat([h, x], dim=1)))
    ### END SOLUTION


# %%
check.gate_step(gate)

# %% [markdown]
# ## Step 2: what a gate does to a memory
#
# Here a memory starts at 1 and nothing new is written ($i = 0$). What is left after 20 steps if $f$ is
# 0.5, as it is for a gate that sees 0? And what if $f$ is 0.99?

# %%
for f in (0.5, 0.9, 0.99, 1.0):
    c = 1.0
    for _ in range(20):
        c = f * c
    print(f"f = {f}: {c:.6f}")

# %% [markdown]
# ## Your first task: `LSTMCell`
#
# | part | what is asked |
# | --- | --- |
# | `LSTMCell(input_size, hidden_size)` | an `nn.Module` |
# | call | `cell(input, (h, c))`: input [batch, input_size], h and c [batch, hidden_size] |
# | result | **`h, (h, c)`** with the *new* h and c: the output first, then the new state, as `nn.LSTM` returns them |
# | gates | four, each with weights of its own for $x$ and for $h$ and a bias; the equations above |
# | freedom | one bias vector per gate or two; any number of layers or raw parameters, any order of the gates; $2\sigma(2x) - 1$ for $\tanh$ |
# | always | finite for large numbers, too; results have the dtype of the states; nothing is stored, detached or changed in place; rows do not influence each other |
#
# Mind the convention: `nn.LSTMCell` returns `(h, c)` without the output in front.
#
# Not allowed: `nn.LSTMCell`, `nn.LSTM` and `torch.lstm_cell`; what they do earns nothing. In cells of
# your own, compare with them as you like.


# %% nbgrader={"cell_type": "code", "grade": false, "grade_id": "lstm-cell-solution", "locked": false, "schema_version": 3, "solution": true, "task": false}
class LSTMCell(nn.Module):
    """One step of an LSTM, gate by gate."""

    def __init__(self, input_size: int, hidden_size: int) -> None:
        super().__init__()
        ### BEGIN SOLUTION
        joined_size = hidden_size + input_size
        self.input_gate = nn.Linear(joined_size, hidden_size)
        self.forget_gate = nn.Linear(joined_size, hidden_size)
        self.candidate = nn.Linear(joined_size, hidden_size)
        self.output_gate = nn.Linear(joined_size, hidden_size)
        ### END SOLUTION

    def forward(self, input, state):
        ### BEGIN SOLUTION
        h, c = state
        joined = torch.cat([h, input], dim=1)
        i = torch.sigmoid(self.input_gate(joined))
        f = torch.sigmoid(self.forget_gate(joined))
        g = torch.tanh(self.candidate(joined))
        o = torch.sigmoid(self.output_gate(joined))
        c = f * c + i * g
        h = o * torch.tanh(c)
        return h, (h, c)
        ### END SOLUTION


# %% [markdown]
# Where do you stand? Run this cell as often as you like, after every change.

# %%
check(LSTMCell)

# %% [markdown]
# Stuck on a line? Name its id. Call it again for the next hint.

# %%
check.hint("memory")

# %% [markdown]
# ## Step 3: one tall matrix instead of four
#
# The rows of a matrix do not know of each other. So four gates are four bands of one tall matrix, and
# its product is cut apart afterwards. `chunk` does that. Which shapes do you expect from each line?

# %%
rows = torch.arange(24.0).view(3, 8)
print([tuple(piece.shape) for piece in rows.chunk(4, dim=1)])
print([tuple(piece.shape) for piece in rows.chunk(4)])
print([len(piece) for piece in torch.arange(10).chunk(6)])

# %% [markdown]
# The last line asked for six pieces. `chunk(n)` gives *at most* $n$; a multiple of $n$ is safe.
#
# The other half of the idea: $W\,[h; x] = W_h h + W_x x$, where $W_h$ and $W_x$ are the left and the right part
# of $W$. So nothing has to be joined at all.

# %% [markdown]
# ## Your second task: `RefactoredLSTMCell`
#
# The same interface, the same equations, the same promises, and **at most two matrix products a step**.
# One large product is fine as well.


# %% nbgrader={"cell_type": "code", "grade": false, "grade_id": "refactored-solution", "locked": false, "schema_version": 3, "solution": true, "task": false}
class RefactoredLSTMCell(nn.Module):
    """The same step with two matrix products."""

    def __init__(self, input_size: int, hidden_size: int) -> None:
        super().__init__()
        ### BEGIN SOLUTION
        self.from_input = nn.Linear(input_size, 4 * hidden_size)
        self.from_state = nn.Linear(hidden_size, 4 * hidden_size)
        ### END SOLUTION

    def forward(self, input, state):
        ### BEGIN SOLUTION
        h, c = state
        gates = self.from_input(input) + self.from_state(h)
        i, f, g, o = gates.chunk(4, dim=1)
        c = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g)
        h = torch.sigmoid(o) * torch.tanh(c)
        return h, (h, c)
        ### END SOLUTION


# %%
check(LSTMCell, RefactoredLSTMCell)

# %% [markdown]
# ## What is graded
#
# One cell per property, so that partly right work earns part of the points. A property that says
# nothing before another one holds waits for it: the biases and all below them need the two equations.
# The grader runs the same properties on other sizes and other numbers. They look at your cell from
# outside: if all weights are the same number, every gate sees the same sum, wherever you keep it.

# %% nbgrader={"cell_type": "code", "grade": true, "grade_id": "interface", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
check.interface(LSTMCell)
### BEGIN HIDDEN TESTS
check.grade.interface(LSTMCell)
### END HIDDEN TESTS

# %% nbgrader={"cell_type": "code", "grade": true, "grade_id": "parameters", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
check.parameters(LSTMCell)
### BEGIN HIDDEN TESTS
check.grade.parameters(LSTMCell)
### END HIDDEN TESTS

# %% nbgrader={"cell_type": "code", "grade": true, "grade_id": "pure", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
check.pure(LSTMCell)
### BEGIN HIDDEN TESTS
check.grade.pure(LSTMCell)
### END HIDDEN TESTS

# %% nbgrader={"cell_type": "code", "grade": true, "grade_id": "memory", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": false}
check.memory(LSTMCell)
### BEGIN HIDDEN TESTS
check.grade.memory(LSTMCell)
### END HIDDEN TESTS

# %% nbgrader={"cell_type": "code", "grade": true, "grade_id": "output", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
check.output(LSTMCell)
### BEGIN HIDDEN TESTS
check.grade.output(LSTMCell)
### END HIDDEN TESTS

# %% nbgrader={"cell_type": "code", "grade": true, "grade_id": "biases", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
check.biases(LSTMCell)
### BEGIN HIDDEN TESTS
check.grade.biases(LSTMCell)
### END HIDDEN TESTS

# %% nbgrader={"cell_type": "code", "grade": true, "grade_id": "four_gates", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
check.four_gates(LSTMCell)
### BEGIN HIDDEN TESTS
check.grade.four_gates(LSTMCell)
### END HIDDEN TESTS

# %% nbgrader={"cell_type": "code", "grade": true, "grade_id": "every_call", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
check.every_call(LSTMCell)
### BEGIN HIDDEN TESTS
check.grade.every_call(LSTMCell)
### END HIDDEN TESTS

# %% nbgrader={"cell_type": "code", "grade": true, "grade_id": "gradient", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
check.gradient(LSTMCell)
### BEGIN HIDDEN TESTS
check.grade.gradient(LSTMCell)
### END HIDDEN TESTS

# %% nbgrader={"cell_type": "code", "grade": true, "grade_id": "refactored_interface", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
check.refactored_interface(RefactoredLSTMCell)
### BEGIN HIDDEN TESTS
check.grade.refactored_interface(RefactoredLSTMCell)
### END HIDDEN TESTS

# %% nbgrader={"cell_type": "code", "grade": true, "grade_id": "refactored_step", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
check.refactored_step(RefactoredLSTMCell)
### BEGIN HIDDEN TESTS
check.grade.refactored_step(RefactoredLSTMCell)
### END HIDDEN TESTS

# %% nbgrader={"cell_type": "code", "grade": true, "grade_id": "two_products", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
check.two_products(RefactoredLSTMCell)
### BEGIN HIDDEN TESTS
check.grade.two_products(RefactoredLSTMCell)
### END HIDDEN TESTS

# %% [markdown]
# ## In your own words (2 points)
#
# A friend says: "The refactored cell is faster because it multiplies fewer numbers." In two to four
# sentences: what is wrong with that, and where can a gain come from?

# %% [markdown] nbgrader={"cell_type": "markdown", "grade": true, "grade_id": "why-faster", "locked": false, "points": 2, "schema_version": 3, "solution": true, "task": false}
# Both cells multiply the same numbers: each gate's weights meet each entry of h and x once. What
# drops is the number of separate products that PyTorch starts: two large ones instead of four
# smaller ones, and no joining. That helps where starting work is expensive compared with the work itself, as on
# a GPU; on a CPU there may be no gain.
#
# (One point: the amount of arithmetic is the same. One point: fewer, larger products, less overhead.)

# %% [markdown]
# ## Look back
#
# - Set a cell's parameters by hand so that $f = 1$ and $i = 0$, and carry a number through 1000 steps.
#   How large must the bias be?
# - Feed the same input for ever: what bounds the entries of $h$, and what bounds those of $c$?
# - PyTorch stores the gates in the order i, f, g, o. What would a cell do that loads such weights in another
#   order, and would any error be raised?
