# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # A loss for sequences
#
# **About 35 minutes · 20 points** (18 by tests that you can run yourself, 2 for a short answer)
# · goes with chapters 15 and 16.
#
# After this notebook you can
#
# - compute the loss of a model that predicts a word after *every* word,
# - tell which axis PyTorch takes for the classes, and what happens if it is another one,
# - write a loss that stays finite and right for very large logits.
#
# Run the cells from top to bottom. Where it says `YOUR CODE HERE`, replace the two lines below.
# In your own code use nothing of `lmlib`; what it does earns nothing.

# %%
import torch
from torch.nn import functional as F

from lmlib.checks.sequence_loss import check

# %% [markdown]
# ## Why a function of its own?
#
# A model that predicts after every word returns logits $z$ of shape [batch, seq, vocab], and the
# targets $y$ have shape [batch, seq]. The loss is the average surprise over all $B \cdot T$ words:
#
# $$L = -\frac{1}{BT} \sum_{b,t} \log p_{bt}(y_{bt}), \qquad
# p_{bt}(v) = \frac{e^{z_{btv}}}{\sum_w e^{z_{btw}}}.$$
#
# PyTorch's `F.cross_entropy` computes just that, if it knows which axis holds the words to choose
# from. It expects them on axis 1. Here axis 1 is time.

# %% [markdown]
# ## Step 1: two ways to go wrong
#
# With unequal sizes you are lucky: there is an error. With `seq` = `vocab` there is none. Before you
# run the cell: can the last two numbers be equal?

# %%
logits, targets = torch.randn(2, 4, 6), torch.randint(6, (2, 4))
try:
    F.cross_entropy(logits, targets)
except (RuntimeError, ValueError) as error:
    print("seq 4, vocab 6:", error)

logits, targets = torch.randn(2, 6, 6), torch.randint(6, (2, 6))
print("seq = vocab = 6, as it is:", F.cross_entropy(logits, targets).item())
one_by_one = [F.cross_entropy(logits[:, t], targets[:, t]) for t in range(6)]
print("step by step             :", torch.stack(one_by_one).mean().item())

# %% [markdown]
# ## Step 2: one row per word
#
# One way out: lay all words below each other, so that the loss sees $B \cdot T$ independent
# choices among $V$ words. Write `rows`: it takes logits [batch, seq, vocab] and returns
# [batch · seq, vocab], all steps of the first sequence first. This step earns no points.


# %% nbgrader={"cell_type": "code", "grade": false, "grade_id": "rows", "locked": false, "schema_version": 3, "solution": true, "task": false}
def rows(logits):
    """The logits of every word, one row per word, in reading order."""
    ### BEGIN SOLUTION
    return logits.flatten(0, 1)
    ### END SOLUTION


# %%
check.rows_step(rows)

# %% [markdown]
# ## Step 3: large logits
#
# A model that is very sure has large logits. What will these two lines print?

# %%
sure = torch.tensor([1000.0, 0.0])
print("probabilities first, logarithm second:", (sure.exp() / sure.exp().sum()).log())
print("both in one function                 :", sure.log_softmax(dim=0))

# %% [markdown]
# ## Your task: `sequence_loss`
#
# | part | what is asked |
# | --- | --- |
# | input | `logits`: float32 or float64, [batch, seq, vocab], raw (no softmax before) · `targets`: int64, [batch, seq] |
# | output | the mean cross entropy over all words, in nats: a tensor without axes, computed in the dtype of the logits, ready for `backward()` |
# | memory | **any layout**: transposed and sliced tensors too |
# | size | **finite and right** for logits as large as ±1000 |
# | always | both inputs are left as they were |
#
# You may use everything in PyTorch, `F.cross_entropy` included.


# %% nbgrader={"cell_type": "code", "grade": false, "grade_id": "sequence-loss-solution", "locked": false, "schema_version": 3, "solution": true, "task": false}
def sequence_loss(logits, targets):
    """The mean cross entropy over all words of all sequences."""
    ### BEGIN SOLUTION
    return F.cross_entropy(logits.flatten(0, 1), targets.flatten())
    ### END SOLUTION


# %% [markdown]
# Where do you stand? Run this cell as often as you like, after every change.

# %%
check(sequence_loss)

# %% [markdown]
# Stuck on a line? Name its id. Call it again for the next hint.

# %%
check.hint("pairing")

# %% [markdown]
# ## What is graded
#
# One cell per property, so that partly right work earns part of the points: no property waits for
# another one. The grader runs the same properties on other sizes and other numbers.

# %% nbgrader={"cell_type": "code", "grade": true, "grade_id": "form", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
check.form(sequence_loss)
### BEGIN HIDDEN TESTS
check.grade.form(sequence_loss)
### END HIDDEN TESTS

# %% nbgrader={"cell_type": "code", "grade": true, "grade_id": "uniform", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
check.uniform(sequence_loss)
### BEGIN HIDDEN TESTS
check.grade.uniform(sequence_loss)
### END HIDDEN TESTS

# %% nbgrader={"cell_type": "code", "grade": true, "grade_id": "pairing", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": false}
check.pairing(sequence_loss)
### BEGIN HIDDEN TESTS
check.grade.pairing(sequence_loss)
### END HIDDEN TESTS

# %% nbgrader={"cell_type": "code", "grade": true, "grade_id": "value", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": false}
check.value(sequence_loss)
### BEGIN HIDDEN TESTS
check.grade.value(sequence_loss)
### END HIDDEN TESTS

# %% nbgrader={"cell_type": "code", "grade": true, "grade_id": "equal_sizes", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
check.equal_sizes(sequence_loss)
### BEGIN HIDDEN TESTS
check.grade.equal_sizes(sequence_loss)
### END HIDDEN TESTS

# %% nbgrader={"cell_type": "code", "grade": true, "grade_id": "layout", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
check.layout(sequence_loss)
### BEGIN HIDDEN TESTS
check.grade.layout(sequence_loss)
### END HIDDEN TESTS

# %% nbgrader={"cell_type": "code", "grade": true, "grade_id": "untouched", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
check.untouched(sequence_loss)
### BEGIN HIDDEN TESTS
check.grade.untouched(sequence_loss)
### END HIDDEN TESTS

# %% nbgrader={"cell_type": "code", "grade": true, "grade_id": "gradient", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
check.gradient(sequence_loss)
### BEGIN HIDDEN TESTS
check.grade.gradient(sequence_loss)
### END HIDDEN TESTS

# %% nbgrader={"cell_type": "code", "grade": true, "grade_id": "extreme", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
check.extreme(sequence_loss)
### BEGIN HIDDEN TESTS
check.grade.extreme(sequence_loss)
### END HIDDEN TESTS

# %% [markdown]
# ## In your own words (2 points)
#
# An untrained model with a vocabulary of 30 words reports a loss of 0.7. In two to four sentences:
# which number did you expect, why, and what would you suspect?

# %% [markdown] nbgrader={"cell_type": "markdown", "grade": true, "grade_id": "suspicious-start", "locked": false, "points": 2, "schema_version": 3, "solution": true, "task": false}
# A model that knows nothing gives every word about the same probability, 1/30, so the loss should start
# near ln 30 ≈ 3.4. A loss of 0.7 ≈ ln 2 would mean that it chooses between about two words: the
# classes are probably taken from the wrong axis, or the mean is not over all words.
#
# (One point: about ln 30 and why. One point: a sensible suspicion, such as the wrong axis or a wrong divisor.)

# %% [markdown]
# ## Look back
#
# - `F.cross_entropy(logits.transpose(1, 2), targets)` is right as well. Why is `transpose` followed
#   by `reshape` not?
# - Write the loss once more with `log_softmax` and `gather`. Which version reads better to you?
# - If each sequence were padded to the same length, which words should the mean leave out?
