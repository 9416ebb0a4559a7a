# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Dropout
#
# **About 45 minutes · 20 points** (18 by tests that you can run yourself, 2 for a short answer)
# · goes with chapters 32–36.
#
# After this notebook you can
#
# - draw a random mask for a tensor of any shape,
# - say why the survivors are rescaled, by how much, and when,
# - write a layer that behaves differently in training and in evaluation.
#
# Run the cells from top to bottom. Where it says `YOUR CODE HERE`, replace the two lines below.
# In your own code use nothing of `lmlib`; what it does earns nothing.

# %%
import torch
from torch import nn

from lmlib.checks.dropout import check

# %% [markdown]
# ## Why throw information away?
#
# A network that is larger than its data can learn the training text by heart. One way in which it
# does so: a unit learns to rely on a few particular partners. Dropout makes partners unreliable.
# At every training step each activation is set to zero with probability $p$, so whatever the next
# layer learns has to survive without it.
#
# With a mask $m$ of ones (keep) and zeros (drop), drawn anew at every call:
#
# $$y = \frac{m \odot x}{1 - p}, \qquad m_j \sim \mathrm{Bernoulli}(1 - p).$$
#
# Here $p$ is the probability of *dropping*, as in PyTorch. (The paper of 2014 by Srivastava and
# others calls the probability of *keeping* p: mind which one you read.)

# %% [markdown]
# ## Step 1: a coin for each element
#
# `t.bernoulli_(q)` overwrites every element of `t` with 1 (probability `q`) or 0, whatever was
# in it. Run the cell a few times. How many ones do you expect in the last row of numbers?

# %%
coins = torch.empty(4, 8).bernoulli_(0.75)
print(coins)
print("share of ones:", torch.empty(100_000).bernoulli_(0.75).mean().item())

# %% [markdown]
# Now you: write `keep_mask`. It returns ones with probability $1 - p$ and zeros elsewhere, in the
# shape and dtype of `x`. This step earns no points; it is the heart of the layer.


# %% nbgrader={"cell_type": "code", "grade": false, "grade_id": "keep-mask", "locked": false, "schema_version": 3, "solution": true, "task": false}
def keep_mask(x, p):
    """A mask for `x`: 1 where an element is kept, 0 where it is dropped."""
    ### BEGIN SOLUTION
    return torch.empty_like(x).bernoulli_(1 - p)
    ### END SOLUTION


# %%
check.mask_step(keep_mask)

# %% [markdown]
# ## Step 2: what the next layer sees
#
# The next layer adds up what arrives. Before you run the cell, guess both numbers: the sum of a
# thousand ones, and the average sum when each of them is dropped with probability 0.4.

# %%
ones = torch.ones(1000)
masks = torch.empty(500, 1000).bernoulli_(1 - 0.4)
print("without dropout:", ones.sum().item())
print("with dropout   :", (masks * ones).sum(dim=1).mean().item())

# %% [markdown]
# Evaluation uses all thousand. So training would prepare the next layer for sums that never come
# again, unless the survivors make up for the missing ones. By which factor? Try it in the cell
# above, and see what becomes of the average when $p$ is 0.1 or 0.8.
#
# In evaluation nothing is dropped, so nothing is rescaled either: the layer hands over `x`.

# %% [markdown]
# ## Your task: `Dropout`
#
# | part | what is asked |
# | --- | --- |
# | `Dropout(p)` | an `nn.Module` without parameters; $p$ is 0.5 by default; anything outside $0 \le p < 1$ raises a **`ValueError`** at once |
# | training | each element becomes 0 with probability $p$, independently and anew at every call; the rest is $x/(1-p)$ |
# | evaluation | `x` comes back unchanged |
# | always | any shape, any floating dtype, same shape and dtype out; `x` itself is not modified; the randomness is torch's, so that `torch.manual_seed` makes it repeatable; gradients flow |
#
# Not allowed: `nn.Dropout` and its relatives in `torch.nn.functional`; what they do earns nothing.
# One difference on purpose: PyTorch accepts $p = 1$, which leaves nothing to rescale. Here it is an
# error.


# %% nbgrader={"cell_type": "code", "grade": false, "grade_id": "dropout-solution", "locked": false, "schema_version": 3, "solution": true, "task": false}
class Dropout(nn.Module):
    """Inverted dropout."""

    def __init__(self, p: float = 0.5) -> None:
        super().__init__()
        ### BEGIN SOLUTION
        if not 0 <= p < 1:
            raise ValueError(f"p is {p}; it must be at least 0 and below 1")
        self.p = p
        ### END SOLUTION

    def forward(self, x):
        ### BEGIN SOLUTION
        if not self.training:
            return x
        return x * keep_mask(x, self.p) / (1 - self.p)
        ### END SOLUTION


# %% [markdown]
# Where do you stand? Run this cell as often as you like, after every change.

# %%
check(Dropout)

# %% [markdown]
# Stuck on a line? Name its id. Call it again for the next hint.

# %%
check.hint("survivors")

# %% [markdown]
# ## What is graded
#
# One cell per property, so that partly right work earns part of the points. All others wait for
# `interface`. The grader runs the same properties on other sizes and other numbers.

# %% nbgrader={"cell_type": "code", "grade": true, "grade_id": "interface", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
check.interface(Dropout)
### BEGIN HIDDEN TESTS
check.grade.interface(Dropout)
### END HIDDEN TESTS

# %% nbgrader={"cell_type": "code", "grade": true, "grade_id": "bad_p", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
check.bad_p(Dropout)
### BEGIN HIDDEN TESTS
check.grade.bad_p(Dropout)
### END HIDDEN TESTS

# %% nbgrader={"cell_type": "code", "grade": true, "grade_id": "independence", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
check.independence(Dropout)
### BEGIN HIDDEN TESTS
check.grade.independence(Dropout)
### END HIDDEN TESTS

# %% nbgrader={"cell_type": "code", "grade": true, "grade_id": "rate", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
check.rate(Dropout)
### BEGIN HIDDEN TESTS
check.grade.rate(Dropout)
### END HIDDEN TESTS

# %% nbgrader={"cell_type": "code", "grade": true, "grade_id": "survivors", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": false}
check.survivors(Dropout)
### BEGIN HIDDEN TESTS
check.grade.survivors(Dropout)
### END HIDDEN TESTS

# %% nbgrader={"cell_type": "code", "grade": true, "grade_id": "evaluation", "locked": true, "points": 4, "schema_version": 3, "solution": false, "task": false}
check.evaluation(Dropout)
### BEGIN HIDDEN TESTS
check.grade.evaluation(Dropout)
### END HIDDEN TESTS

# %% nbgrader={"cell_type": "code", "grade": true, "grade_id": "fresh_mask", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
check.fresh_mask(Dropout)
### BEGIN HIDDEN TESTS
check.grade.fresh_mask(Dropout)
### END HIDDEN TESTS

# %% nbgrader={"cell_type": "code", "grade": true, "grade_id": "seeded", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
check.seeded(Dropout)
### BEGIN HIDDEN TESTS
check.grade.seeded(Dropout)
### END HIDDEN TESTS

# %% nbgrader={"cell_type": "code", "grade": true, "grade_id": "input_untouched", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
check.input_untouched(Dropout)
### BEGIN HIDDEN TESTS
check.grade.input_untouched(Dropout)
### END HIDDEN TESTS

# %% nbgrader={"cell_type": "code", "grade": true, "grade_id": "gradient", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
check.gradient(Dropout)
### BEGIN HIDDEN TESTS
check.grade.gradient(Dropout)
### END HIDDEN TESTS

# %% nbgrader={"cell_type": "code", "grade": true, "grade_id": "any_shape", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
check.any_shape(Dropout)
### BEGIN HIDDEN TESTS
check.grade.any_shape(Dropout)
### END HIDDEN TESTS

# %% [markdown]
# ## In your own words (2 points)
#
# A friend trains with your layer but divides by $1 - p$ in evaluation as well. Training looks
# normal. In two to four sentences: what goes wrong in evaluation, and why did the training loss
# not show it?

# %% [markdown] nbgrader={"cell_type": "markdown", "grade": true, "grade_id": "double-rescaling", "locked": false, "points": 2, "schema_version": 3, "solution": true, "task": false}
# The activations reach the next layer 1 / (1 − p) times too large, so its inputs are on a scale that it
# was never trained on: in evaluation nothing is dropped, so there is nothing to make up for. The
# training loss is computed in training mode, where the layer is right; the mistake sits in the
# other branch, which training never runs.
#
# (One point: too large in evaluation because nothing is missing. One point: training does not run that branch.)

# %% [markdown]
# ## Look back
#
# - Your layer returns `x` itself in evaluation, not a copy. When could that surprise someone?
# - Forget `model.eval()` before validation: which numbers change, and do they change the same way
#   each time?
# - Keep dropout on during evaluation and average fifty passes. What do you get that one pass does
#   not give? (Chapter 34 tries it.)
