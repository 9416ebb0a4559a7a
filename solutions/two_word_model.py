# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # The third word from two
#
# **About 60 minutes · 20 points** (18 by tests that you can run yourself, 2 for a short answer)
# · goes with chapters 3–5.
#
# After this notebook you can
#
# - write a module that reads two words and predicts the third,
# - use one layer several times, so that both steps share their weights,
# - tell a model's form from outside, by what its outputs do.
#
# Run the cells from top to bottom. Where it says `YOUR CODE HERE`, replace the two lines below.
# Not allowed in your own code: anything of `lmlib`; what it does earns nothing.

# %%
import torch
from torch import nn

from lmlib.checks.two_word_model import check

# %% [markdown]
# ## The idea
#
# After "two thousand" comes "nine", or "one", or ".": a language model gives every word of the
# vocabulary a number, its *logit*. Here only the two words before count.
#
# A plain network would have weights of its own for each position. But how a word changes what the
# model knows should not depend on the place where it stands. So both words go through the
# **same** step, one after the other, first word first:
#
# $$h_0 = 0, \qquad h_i = \varphi\big(W (h_{i-1} + e_{x_i}) + b\big), \qquad
# \text{logits} = U h_2 + c.$$
#
# $e_x$ is the row of the embedding table for word $x$, and $\varphi$ is a nonlinearity: ReLU or tanh.
# There is *one* table, *one* $W$ and *one* output layer.

# %% [markdown]
# ## Step 1: words become rows
#
# An embedding is a table that is looked up by row. Before you run the cell: which two rows of the
# result are equal?

# %%
table = nn.Embedding(10, 4)
x = torch.tensor([[3, 5], [5, 3], [3, 7]])
print("x[:, 0] =", x[:, 0].tolist(), " the first word of every row")
print(table(x[:, 0]))

# %% [markdown]
# ## Step 2: one step
#
# Write one step for a whole batch: `layer` is an `nn.Linear(hidden, hidden)`, `h` and `e` have shape
# [batch, hidden]. Use ReLU here. This step earns no points; the model is two of them.


# %% nbgrader={"cell_type": "code", "grade": false, "grade_id": "step", "locked": false, "schema_version": 3, "solution": true, "task": false}
def step(layer, h, e):
    """The next state: relu(W (h + e) + b)."""
    ### BEGIN SOLUTION
    return torch.relu(layer(h + e))
    ### END SOLUTION


# %%
check.one_step(step)

# %% [markdown]
# ## Step 3: sharing is calling twice
#
# A layer that is made once and called twice has one set of weights. How many numbers can each of
# these two train?

# %%
once = nn.ModuleList([nn.Linear(64, 64)])
twice = nn.ModuleList([nn.Linear(64, 64), nn.Linear(64, 64)])
for name, layers in (("one layer, called twice", once), ("two layers", twice)):
    print(f"{name}: {sum(p.numel() for p in layers.parameters()):,} parameters")

# %% [markdown]
# ## Your task: `TwoWordModel`
#
# | part | what is asked |
# | --- | --- |
# | `TwoWordModel(vocab_size, hidden_size)` | an `nn.Module` with one embedding, one hidden layer (hidden × hidden), one output layer |
# | input | `x`: int64, [batch, 2], any batch size |
# | output | logits: float32, [batch, vocab_size]; no softmax |
# | form | $h = 0$, then $h \leftarrow \varphi(W(h + e) + b)$ for each word, **first word first**; $\varphi$ is ReLU or tanh |
# | freedom | layers without bias are fine, and so is an output layer that shares the embedding's weights |
# | training | from its own random start it learns a small table, $(2a + b) \bmod 6$, in 200 steps of Adam |
# | always | rows do not influence each other, nothing is remembered between calls, `x` stays as it is |
#
# Not allowed: `nn.RNN` and its relatives (they have two matrices), and joining $h$ and $e$ with
# `torch.cat` (that makes the layer twice as wide). No weight normalisation.
#
# The original exercise says "without peeking". That can mean without looking at the book's code, or that
# the model sees only the two given words. Take both to heart; the second is what is graded.


# %% nbgrader={"cell_type": "code", "grade": false, "grade_id": "two-word-model-solution", "locked": false, "schema_version": 3, "solution": true, "task": false}
class TwoWordModel(nn.Module):
    """Predicts the third word from two."""

    def __init__(self, vocab_size: int, hidden_size: int) -> None:
        super().__init__()
        ### BEGIN SOLUTION
        self.embedding = nn.Embedding(vocab_size, hidden_size)
        self.hidden = nn.Linear(hidden_size, hidden_size)
        self.output = nn.Linear(hidden_size, vocab_size)
        ### END SOLUTION

    def forward(self, x):
        ### BEGIN SOLUTION
        h = 0  # broadcasts: adding it changes nothing
        for word in (x[:, 0], x[:, 1]):
            h = torch.relu(self.hidden(h + self.embedding(word)))
        return self.output(h)
        ### END SOLUTION


# %% [markdown]
# Where do you stand? Run this cell as often as you like, after every change.

# %%
check(TwoWordModel)

# %% [markdown]
# Stuck on a line? Name its id. Call it again for the next hint.

# %%
check.hint("recurrence")

# %% [markdown]
# ## What is graded
#
# One cell per property, so that partly right work earns part of the points. The grader runs the
# same properties on other sizes and other numbers. Two of them, `recurrence` and `gradients`, fill
# your model's parameters with random numbers and compare it with the equation; they need
# `parameters` first.

# %% nbgrader={"cell_type": "code", "grade": true, "grade_id": "shapes", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
check.shapes(TwoWordModel)
### BEGIN HIDDEN TESTS
check.grade.shapes(TwoWordModel)
### END HIDDEN TESTS

# %% nbgrader={"cell_type": "code", "grade": true, "grade_id": "parameters", "locked": true, "points": 4, "schema_version": 3, "solution": false, "task": false}
check.parameters(TwoWordModel)
### BEGIN HIDDEN TESTS
check.grade.parameters(TwoWordModel)
### END HIDDEN TESTS

# %% nbgrader={"cell_type": "code", "grade": true, "grade_id": "pure", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
check.pure(TwoWordModel)
### BEGIN HIDDEN TESTS
check.grade.pure(TwoWordModel)
### END HIDDEN TESTS

# %% nbgrader={"cell_type": "code", "grade": true, "grade_id": "words_matter", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
check.words_matter(TwoWordModel)
### BEGIN HIDDEN TESTS
check.grade.words_matter(TwoWordModel)
### END HIDDEN TESTS

# %% nbgrader={"cell_type": "code", "grade": true, "grade_id": "recurrence", "locked": true, "points": 4, "schema_version": 3, "solution": false, "task": false}
check.recurrence(TwoWordModel)
### BEGIN HIDDEN TESTS
check.grade.recurrence(TwoWordModel)
### END HIDDEN TESTS

# %% nbgrader={"cell_type": "code", "grade": true, "grade_id": "gradients", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
check.gradients(TwoWordModel)
### BEGIN HIDDEN TESTS
check.grade.gradients(TwoWordModel)
### END HIDDEN TESTS

# %% nbgrader={"cell_type": "code", "grade": true, "grade_id": "learns", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
check.learns(TwoWordModel)
### BEGIN HIDDEN TESTS
check.grade.learns(TwoWordModel)
### END HIDDEN TESTS

# %% [markdown]
# ## In your own words (2 points)
#
# Someone makes two hidden layers, one for the first word and one for the second. In two to four
# sentences: what does that model have to learn twice, and what happens if it is to read five words?

# %% [markdown] nbgrader={"cell_type": "markdown", "grade": true, "grade_id": "why-share", "locked": false, "points": 2, "schema_version": 3, "solution": true, "task": false}
# It learns for each position separately how a word changes the state, although that knowledge should not
# depend on the position; each of its layers sees only half of the evidence. For five words it
# needs five layers, so the number of parameters grows with the length, while the shared layer serves any length.
#
# (One point: the same knowledge is learned per position. One point: parameters grow with the length.)

# %% [markdown]
# ## Look back
#
# - Change `forward` so that it reads any number of words. How many lines does it take?
# - Why may `h` start as the number 0 instead of a tensor of zeros?
# - What would a model that may remember between calls gain here? (Chapter 6 goes on from there.)
