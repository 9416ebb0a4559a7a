# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Two penalties on activations
#
# **About 40 minutes · 20 points** (18 by tests that you can run yourself, 2 for a short answer)
# · goes with chapters 37 and 38.
#
# After this notebook you can
#
# - write activation regularisation (AR) and temporal activation regularisation (TAR),
# - say which axis is time, and what happens along the wrong one,
# - divide by the right number of terms, also when there are none.
#
# Run the cells from top to bottom. Where it says `YOUR CODE HERE`, replace the two lines below.
# In your own code use nothing of `lmlib`; what it does earns nothing.

# %%
import torch

from lmlib.checks.ar_tar import check

# %% [markdown]
# ## Why penalise activations?
#
# Weight decay pulls on the weights, whatever the data are. The two penalties here pull on what the
# weights *produce* for the present batch: activations $a$ of shape [batch, seq, hidden], as an LSTM
# returns them.
#
# - **AR** asks for small activations:
#
#   $$L_{AR} = \alpha \cdot \frac{1}{BTH} \sum_{b,t,j} a_{btj}^2$$
#
# - **TAR** asks that they change little from one word to the next:
#
#   $$L_{TAR} = \beta \cdot \frac{1}{B(T-1)H} \sum_{b,\,t<T,\,j} (a_{b,t+1,j} - a_{b,t,j})^2$$
#
# Both are added to the loss during training. (Merity, McCann and Socher 2017 describe them; their
# code takes the mean square, as we do.)

# %% [markdown]
# ## Step 1: an example small enough for paper
#
# One sequence, three steps, two units. Work out both penalties by hand for $\alpha = 2$ and
# $\beta = 1$ before you go on. How many squares does each mean run over?

# %%
toy = torch.tensor([[[1.0, 2.0], [3.0, 0.0], [3.0, 4.0]]])
print("shape [batch, seq, hidden]:", list(toy.shape))
print("sum of squares:", toy.pow(2).sum().item())

# %% [markdown]
# ## Step 2: what changes from word to word
#
# Three steps have two changes between them. Write `changes`: for activations of shape
# [batch, seq, hidden] it returns what is added from each step to the next, `a[:, t + 1] − a[:, t]`,
# in shape [batch, seq − 1, hidden]. This step earns no points; TAR is built on it.


# %% nbgrader={"cell_type": "code", "grade": false, "grade_id": "changes", "locked": false, "schema_version": 3, "solution": true, "task": false}
def changes(activations):
    """a[:, t + 1] − a[:, t] for every pair of neighbouring steps."""
    ### BEGIN SOLUTION
    return activations[:, 1:] - activations[:, :-1]
    ### END SOLUTION


# %%
check.changes_step(changes)

# %% [markdown]
# The axis matters. Here every sequence stands still in time, but the two sequences differ from each
# other. Which of the three numbers should a penalty on *temporal* change report?

# %%
still = torch.tensor([0.0, 1.0]).reshape(2, 1, 1).expand(2, 4, 3)
for axis in range(3):
    print(f"mean squared difference along axis {axis}:", still.diff(dim=axis).pow(2).mean().item())

# %% [markdown]
# ## Your task: `activation_reg` and `temporal_activation_reg`
#
# | part | what is asked |
# | --- | --- |
# | input | `activations`: floating point, [batch, seq, hidden]; `alpha` or `beta`: a number, 0 included |
# | output | a tensor without axes (shape `[]`), computed in the dtype of the activations, ready for `backward()` |
# | one sequence | a batch of 1 is an ordinary batch: TAR works as usual |
# | **one step** | `seq` = 1 has no changes: TAR **returns 0** (as a tensor; it need not carry a gradient) |
# | always | the activations themselves are not modified |


# %% nbgrader={"cell_type": "code", "grade": false, "grade_id": "ar-tar-solution", "locked": false, "schema_version": 3, "solution": true, "task": false}
def activation_reg(activations, alpha):
    """alpha times the mean square of the activations."""
    ### BEGIN SOLUTION
    return alpha * activations.pow(2).mean()
    ### END SOLUTION


def temporal_activation_reg(activations, beta):
    """beta times the mean square of the changes from step to step."""
    ### BEGIN SOLUTION
    if activations.shape[1] == 1:  # a mean over no changes would be nan
        return activations.new_zeros(())
    return beta * (activations[:, 1:] - activations[:, :-1]).pow(2).mean()
    ### END SOLUTION


# %% [markdown]
# Where do you stand? `check(activation_reg)` alone works too.

# %%
check(activation_reg, temporal_activation_reg)

# %% [markdown]
# Stuck on a line? Name its id. Call it again for the next hint.

# %%
check.hint("tar_axis")

# %% [markdown]
# ## What is graded
#
# One cell per property, so that partly right work earns part of the points: no property waits for
# another one. The grader runs the same properties on other sizes and other numbers.

# %% nbgrader={"cell_type": "code", "grade": true, "grade_id": "ar_form", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
check.ar_form(activation_reg)
### BEGIN HIDDEN TESTS
check.grade.ar_form(activation_reg)
### END HIDDEN TESTS

# %% nbgrader={"cell_type": "code", "grade": true, "grade_id": "ar_strength", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
check.ar_strength(activation_reg)
### BEGIN HIDDEN TESTS
check.grade.ar_strength(activation_reg)
### END HIDDEN TESTS

# %% nbgrader={"cell_type": "code", "grade": true, "grade_id": "ar_value", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": false}
check.ar_value(activation_reg)
### BEGIN HIDDEN TESTS
check.grade.ar_value(activation_reg)
### END HIDDEN TESTS

# %% nbgrader={"cell_type": "code", "grade": true, "grade_id": "ar_gradient", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
check.ar_gradient(activation_reg)
### BEGIN HIDDEN TESTS
check.grade.ar_gradient(activation_reg)
### END HIDDEN TESTS

# %% nbgrader={"cell_type": "code", "grade": true, "grade_id": "tar_form", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
check.tar_form(temporal_activation_reg)
### BEGIN HIDDEN TESTS
check.grade.tar_form(temporal_activation_reg)
### END HIDDEN TESTS

# %% nbgrader={"cell_type": "code", "grade": true, "grade_id": "tar_strength", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
check.tar_strength(temporal_activation_reg)
### BEGIN HIDDEN TESTS
check.grade.tar_strength(temporal_activation_reg)
### END HIDDEN TESTS

# %% nbgrader={"cell_type": "code", "grade": true, "grade_id": "tar_axis", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
check.tar_axis(temporal_activation_reg)
### BEGIN HIDDEN TESTS
check.grade.tar_axis(temporal_activation_reg)
### END HIDDEN TESTS

# %% nbgrader={"cell_type": "code", "grade": true, "grade_id": "tar_value", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": false}
check.tar_value(temporal_activation_reg)
### BEGIN HIDDEN TESTS
check.grade.tar_value(temporal_activation_reg)
### END HIDDEN TESTS

# %% nbgrader={"cell_type": "code", "grade": true, "grade_id": "tar_one_step", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
check.tar_one_step(temporal_activation_reg)
### BEGIN HIDDEN TESTS
check.grade.tar_one_step(temporal_activation_reg)
### END HIDDEN TESTS

# %% nbgrader={"cell_type": "code", "grade": true, "grade_id": "tar_gradient", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
check.tar_gradient(temporal_activation_reg)
### BEGIN HIDDEN TESTS
check.grade.tar_gradient(temporal_activation_reg)
### END HIDDEN TESTS

# %% nbgrader={"cell_type": "code", "grade": true, "grade_id": "untouched", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
check.untouched(activation_reg, temporal_activation_reg)
### BEGIN HIDDEN TESTS
check.grade.untouched(activation_reg, temporal_activation_reg)
### END HIDDEN TESTS

# %% [markdown]
# ## In your own words (2 points)
#
# AWD-LSTM gives AR the activations *after* dropout and TAR those *before* it. In two to four
# sentences: what would TAR report for activations that stand perfectly still, if it looked after
# dropout?

# %% [markdown] nbgrader={"cell_type": "markdown", "grade": true, "grade_id": "tar-before-dropout", "locked": false, "points": 2, "schema_version": 3, "solution": true, "task": false}
# Dropout draws a new mask at every step, so a unit that stands still jumps between 0 and its rescaled
# value. TAR would punish these jumps, although the network did nothing to cause them; with
# activations of 1 and p = 0.4 the mean square is 2p / (1 − p), about 1.33, instead of 0.
#
# (One point: the mask makes jumps where there are none. One point: so TAR is not 0 and punishes noise.)

# %% [markdown]
# ## Look back
#
# - Turn the sequences around in time: does TAR change? And if you shuffle their steps?
# - Is there a network whose weights are huge and whose AR is zero?
# - Images have no time axis. What would "temporal" change along the batch axis even mean?
