# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # A network that remembers
#
# **About 75 minutes · 20 points** (18 by tests that you can run yourself, 2 for a short answer)
# · goes with chapters 6–12 and 14.
#
# After this notebook you can
#
# - write a recurrent network as a loop over one step,
# - keep its state from one call to the next, without keeping the state's history,
# - say what `detach` and `reset` take away, and what they leave.
#
# Run the cells from top to bottom. Where it says `YOUR CODE HERE`, replace the two lines below.
# Not allowed in your own code: models and layers of `lmlib`; what they do earns nothing.

# %%
import torch
from torch import nn

from lmlib.checks.stateful_rnn import check

# %% [markdown]
# ## The idea
#
# A model that reads two words forgets what came before them. But the step "take the state, read a
# word, make a new state" does not care how many words there are. So repeat it for every word:
#
# $$h_0 = 0, \qquad h_t = \varphi\big(W (h_{t-1} + e_{x_t}) + b\big), \qquad
# \text{logits}_t = U h_t + c.$$
#
# That is a recurrent network. $W$, $b$, $U$, $c$ and the embedding $e$ are the same at every step, and
# there are logits after *every* word. The state $h$ is a summary of what was read, one row for each
# row of the batch. It is an activation: no optimizer trains it.
#
# The text is long and arrives in pieces. Row $r$ of the next batch goes on where row $r$ ended, so
# the model should start from the state that it reached, not from zero.

# %% [markdown]
# ## Step 1: a loop over the words
#
# `embedded` holds the embeddings of all words, [batch, seq, hidden]. Start with zero, apply
# `relu(layer(h + e))` for one word after the other, and return all states, again
# [batch, seq, hidden]. This step earns no points; the model contains it.


# %% nbgrader={"cell_type": "code", "grade": false, "grade_id": "read", "locked": false, "schema_version": 3, "solution": true, "task": false}
def read(layer, embedded):
    """All states of h = relu(W (h + e) + b), from h = 0."""
    ### BEGIN SOLUTION
    h, states = torch.zeros_like(embedded[:, 0]), []
    for e in embedded.unbind(dim=1):
        h = torch.relu(layer(h + e))
        states.append(h)
    return torch.stack(states, dim=1)
    ### END SOLUTION


# %%
check.one_read(read)

# %% [markdown]
# ## Step 2: what a kept state drags along
#
# A tensor made by a model remembers how it was made, so that `backward` can find its way. Before you
# run the cell: does the last line print `True` or `False`?

# %%
layer = nn.Linear(4, 4)
h = torch.relu(layer(torch.ones(2, 4)))
cut = h.detach()
print("h has a history:  ", h.grad_fn is not None)
print("cut has a history:", cut.grad_fn is not None)
print("same numbers:     ", torch.equal(h, cut))

# %% [markdown]
# If `h` goes into the next call as it is, the graph of the next call contains that of this one, and
# so on back to the first batch: it grows, and `backward` would have to walk all of it. In a training
# loop the second `backward` fails, for the first one has already freed its part. The cure is to keep
# the numbers and to drop the history, once per call. *Inside* a call the history stays: that is how
# the first word of the batch learns from the error at its last word.

# %% [markdown]
# ## Your task: `StatefulRNN`
#
# | part | what is asked |
# | --- | --- |
# | `StatefulRNN(vocab_size, hidden_size)` | an `nn.Module`: one embedding, one hidden layer of `hidden_size` units, one output layer |
# | input | `x`: int64, [batch, seq], any length and batch size |
# | output | logits after every word: float32, [batch, seq, vocab_size]; no softmax |
# | form | the equation above, or $h_t = \varphi(W_x e_{x_t} + W_h h_{t-1} + b)$; $\varphi$ is ReLU or tanh, and the last $h_t$ is what the output layer sees |
# | state | zero at the start; the next call goes on with it, in training and in evaluation; cut from the graph between calls, not inside one |
# | `reset()` | back to the start; after it the batch size may be another one. Without it the batch size stays the same |
#
# Allowed: your own layers, `nn.RNN`, `nn.RNNCell`, layers without bias, and an output layer that
# shares the embedding's weights. Not allowed: several layers, dropout, LSTM and GRU.


# %% nbgrader={"cell_type": "code", "grade": false, "grade_id": "stateful-rnn-solution", "locked": false, "schema_version": 3, "solution": true, "task": false}
class StatefulRNN(nn.Module):
    """Predicts the next word after every word, and remembers between calls."""

    def __init__(self, vocab_size: int, hidden_size: int) -> None:
        super().__init__()
        ### BEGIN SOLUTION
        self.embedding = nn.Embedding(vocab_size, hidden_size)
        self.hidden = nn.Linear(hidden_size, hidden_size)
        self.output = nn.Linear(hidden_size, vocab_size)
        self.reset()
        ### END SOLUTION

    def forward(self, x):
        ### BEGIN SOLUTION
        h, states = self.h, []
        for e in self.embedding(x).unbind(dim=1):
            h = torch.relu(self.hidden(h + e))
            states.append(h)
        self.h = h.detach()  # the numbers stay, the history goes
        return self.output(torch.stack(states, dim=1))
        ### END SOLUTION

    def reset(self) -> None:
        """Forget what was read."""
        ### BEGIN SOLUTION
        self.h = 0  # broadcasts to any batch size
        ### END SOLUTION


# %% [markdown]
# Where do you stand? Run this cell as often as you like, after every change.

# %%
check(StatefulRNN)

# %% [markdown]
# Stuck on a line? Name its id. Call it again for the next hint.

# %%
check.hint("truncated_between_calls")

# %% [markdown]
# ## What is graded
#
# One cell per property, so that partly right work earns part of the points. `chunks`,
# `reset_restores` and `truncated_between_calls` need a model that remembers (`remembers`), and
# `one_step` needs `logits`. The grader runs the same properties on other sizes and other
# numbers, calls of one word and of very many among them.

# %% nbgrader={"cell_type": "code", "grade": true, "grade_id": "shapes", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
check.shapes(StatefulRNN)
### BEGIN HIDDEN TESTS
check.grade.shapes(StatefulRNN)
### END HIDDEN TESTS


# %% nbgrader={"cell_type": "code", "grade": true, "grade_id": "logits", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
check.logits(StatefulRNN)
### BEGIN HIDDEN TESTS
check.grade.logits(StatefulRNN)
### END HIDDEN TESTS


# %% nbgrader={"cell_type": "code", "grade": true, "grade_id": "pure", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
check.pure(StatefulRNN)
### BEGIN HIDDEN TESTS
check.grade.pure(StatefulRNN)
### END HIDDEN TESTS


# %% nbgrader={"cell_type": "code", "grade": true, "grade_id": "two_models", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
check.two_models(StatefulRNN)
### BEGIN HIDDEN TESTS
check.grade.two_models(StatefulRNN)
### END HIDDEN TESTS


# %% nbgrader={"cell_type": "code", "grade": true, "grade_id": "reads_words", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
check.reads_words(StatefulRNN)
### BEGIN HIDDEN TESTS
check.grade.reads_words(StatefulRNN)
### END HIDDEN TESTS


# %% nbgrader={"cell_type": "code", "grade": true, "grade_id": "one_step", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": false}
check.one_step(StatefulRNN)
### BEGIN HIDDEN TESTS
check.grade.one_step(StatefulRNN)
### END HIDDEN TESTS


# %% nbgrader={"cell_type": "code", "grade": true, "grade_id": "bptt_inside_a_call", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
check.bptt_inside_a_call(StatefulRNN)
### BEGIN HIDDEN TESTS
check.grade.bptt_inside_a_call(StatefulRNN)
### END HIDDEN TESTS


# %% nbgrader={"cell_type": "code", "grade": true, "grade_id": "remembers", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
check.remembers(StatefulRNN)
### BEGIN HIDDEN TESTS
check.grade.remembers(StatefulRNN)
### END HIDDEN TESTS


# %% nbgrader={"cell_type": "code", "grade": true, "grade_id": "chunks", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
check.chunks(StatefulRNN)
### BEGIN HIDDEN TESTS
check.grade.chunks(StatefulRNN)
### END HIDDEN TESTS


# %% nbgrader={"cell_type": "code", "grade": true, "grade_id": "reset_restores", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": false}
check.reset_restores(StatefulRNN)
### BEGIN HIDDEN TESTS
check.grade.reset_restores(StatefulRNN)
### END HIDDEN TESTS


# %% nbgrader={"cell_type": "code", "grade": true, "grade_id": "truncated_between_calls", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
check.truncated_between_calls(StatefulRNN)
### BEGIN HIDDEN TESTS
check.grade.truncated_between_calls(StatefulRNN)
### END HIDDEN TESTS


# %% [markdown]
# ## In your own words (2 points)
#
# A friend says: "`detach` makes the model forget, so I leave it out and call `reset` after every
# batch instead. That cuts the history as well." In two to four sentences: what is true in this, and
# what does the friend's model lose?

# %% [markdown] nbgrader={"cell_type": "markdown", "grade": true, "grade_id": "detach-or-reset", "locked": false, "points": 2, "schema_version": 3, "solution": true, "task": false}
# It is true that reset cuts the history: the next call starts from a zero that nobody computed, so
# the graph does not grow. But it also throws away the numbers, so the model knows nothing of the words
# before the present batch. `detach` keeps the numbers and drops only the way they were made: the
# logits are the same as with the whole history, and only gradients stop at the border.
#
# (One point: detach keeps the values of the state. One point: reset loses them, so the context
# before the batch is gone.)

# %% [markdown]
# ## Look back
#
# - With `seq_len` 16, how far back can an error reach at most? And how far back does the state reach?
# - Between the training text and the validation text the state should be reset. What would the
#   first validation batch look like without it?
# - What would change if you called `h.detach()` without using its result?
