# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Capstone: a regularised LSTM language model
#
# **About 120 minutes · 20 points** (18 by tests that you can run yourself, 2 for a short answer)
# · goes with chapters 31 and 39, and with everything before them.
#
# After this notebook you can
#
# - build a language model that keeps two states from batch to batch,
# - share one matrix between embedding and output layer, and see that it is shared,
# - hand the right activations to the two penalties, and train the whole.
#
# Run the cells from top to bottom. Where it says `YOUR CODE HERE`, replace the two lines below.
# Not allowed in your own code: models and layers of `lmlib`; what they do earns nothing.

# %%
import torch
from torch import nn

from lmlib.checks.awd_language_model import check

# %% [markdown]
# ## What is in the model
#
# Words $x$ are looked up in a matrix $E$, an LSTM reads them, and every state gives logits:
#
# $$a = \mathrm{LSTM}(E_x), \qquad \tilde a = \mathrm{dropout}_p(a), \qquad \text{logits} = \tilde a\, E^\top + b.$$
#
# The loss is the cross entropy, plus $\alpha$ times the mean square of $\tilde a$ (activation
# regularisation, AR), plus $\beta$ times the mean square of the jumps of $a$ from step to step (temporal
# AR, TAR). So the model returns $a$ and $\tilde a$ beside the logits: AR looks at the *dropped* ones,
# TAR at the *raw* ones.
#
# This is a small relative of AWD-LSTM (Merity, Keskar and Socher 2017), which drops in five places,
# weights of the recurrent matrices among them.

# %% [markdown]
# ## Step 1: one Parameter, two users
#
# $E$ has shape [vocab, hidden], and so has the weight of `nn.Linear(hidden, vocab)`. Which of these two models
# has one matrix? Guess the numbers before you run the cell.

# %%
first, second = (
    nn.ModuleDict({"words": nn.Embedding(30, 64), "scores": nn.Linear(64, 30)}) for _ in range(2)
)
first["scores"].weight = first["words"].weight
second["scores"].weight.data = second["words"].weight.data
for name, model in (("weight = weight", first), ("data = data", second)):
    print(f"{name}: {sum(p.numel() for p in model.parameters()):,} parameters")

# %% [markdown]
# The second has two Parameters that look at the same memory, for now. Convert the model to another dtype
# or device, and they part.

# %% [markdown]
# ## Step 2: a state from batch to batch
#
# Each batch goes on where the one before ended, so the model keeps $h$ and $c$. But the second
# `backward()` must not run into the first batch's history. What does `detach` do?

# %%
state = torch.ones(3, requires_grad=True) * 2
kept = state.detach()
print(state.grad_fn, kept.grad_fn, torch.equal(state, kept))

# %% [markdown]
# ## Your task: `AWDLanguageModel`
#
# | part | what is asked |
# | --- | --- |
# | `AWDLanguageModel(vocab_size, hidden_size, num_layers, p)` | an `nn.Module` |
# | input | `x`: int64 [batch, seq], any length |
# | output | `logits` [batch, seq, vocab], `raw` and `dropped` [batch, seq, hidden], all float32; no softmax |
# | LSTM | `num_layers` layers, all of hidden size, without dropout between them; `nn.LSTM` or your own cell, with its weights in whole matrices as in `nn.Linear` |
# | dropout | in training each element of `raw` is dropped on its own with probability $p$, the rest is raw / (1 − p), and `torch.manual_seed` repeats it; in evaluation `dropped` equals `raw` |
# | decoder | logits = dropped · Eᵀ + b with the embedding's own Parameter E and one bias |
# | state | $h$ and $c$ of all layers are kept from call to call, in both modes, and cut from their history between calls, not inside one |
# | `reset()` | back to the start: states of zero, and any batch size. Without it the batch size stays the same |
#
# `nn.LSTM`, `nn.Embedding` and `nn.Dropout` are allowed here, and so are your own.


# %% nbgrader={"cell_type": "code", "grade": false, "grade_id": "awd-language-model-solution", "locked": false, "schema_version": 3, "solution": true, "task": false}
class AWDLanguageModel(nn.Module):
    """LSTM language model with dropout and tied weights; returns logits, raw, dropped."""

    def __init__(self, vocab_size: int, hidden_size: int, num_layers: int, p: float) -> None:
        super().__init__()
        ### BEGIN SOLUTION
        self.embedding = nn.Embedding(vocab_size, hidden_size)
        self.lstm = nn.LSTM(hidden_size, hidden_size, num_layers, batch_first=True)
        self.dropout = nn.Dropout(p)
        self.output = nn.Linear(hidden_size, vocab_size)
        self.output.weight = self.embedding.weight
        self.state = None
        ### END SOLUTION

    def forward(self, x):
        ### BEGIN SOLUTION
        raw, (h, c) = self.lstm(self.embedding(x), self.state)
        self.state = h.detach(), c.detach()
        dropped = self.dropout(raw)
        return self.output(dropped), raw, dropped
        ### END SOLUTION

    def reset(self) -> None:
        """Forget the state."""
        ### BEGIN SOLUTION
        self.state = None
        ### END SOLUTION


# %% [markdown]
# Where do you stand? Run this cell as often as you like, after every change.

# %%
check(AWDLanguageModel)

# %% [markdown]
# Stuck on a line? Name its id. Call it again for the next hint.

# %%
check.hint("tied")

# %% [markdown]
# ## What is graded
#
# One cell per property, so that partly right work earns part of the points. What is said of
# raw and dropped needs the three results (`outputs`), and `reset` needs a state that is kept (`chunks`).
# The grader runs the same properties on other sizes and other numbers.

# %% nbgrader={"cell_type": "code", "grade": true, "grade_id": "outputs", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
check.outputs(AWDLanguageModel)
### BEGIN HIDDEN TESTS
check.grade.outputs(AWDLanguageModel)
### END HIDDEN TESTS

# %% nbgrader={"cell_type": "code", "grade": true, "grade_id": "parameters", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
check.parameters(AWDLanguageModel)
### BEGIN HIDDEN TESTS
check.grade.parameters(AWDLanguageModel)
### END HIDDEN TESTS

# %% nbgrader={"cell_type": "code", "grade": true, "grade_id": "evaluation", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
check.evaluation(AWDLanguageModel)
### BEGIN HIDDEN TESTS
check.grade.evaluation(AWDLanguageModel)
### END HIDDEN TESTS

# %% nbgrader={"cell_type": "code", "grade": true, "grade_id": "causal", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
check.causal(AWDLanguageModel)
### BEGIN HIDDEN TESTS
check.grade.causal(AWDLanguageModel)
### END HIDDEN TESTS

# %% nbgrader={"cell_type": "code", "grade": true, "grade_id": "lstm", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
check.lstm(AWDLanguageModel)
### BEGIN HIDDEN TESTS
check.grade.lstm(AWDLanguageModel)
### END HIDDEN TESTS

# %% nbgrader={"cell_type": "code", "grade": true, "grade_id": "clean_raw", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
check.clean_raw(AWDLanguageModel)
### BEGIN HIDDEN TESTS
check.grade.clean_raw(AWDLanguageModel)
### END HIDDEN TESTS

# %% nbgrader={"cell_type": "code", "grade": true, "grade_id": "tied", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
check.tied(AWDLanguageModel)
### BEGIN HIDDEN TESTS
check.grade.tied(AWDLanguageModel)
### END HIDDEN TESTS

# %% nbgrader={"cell_type": "code", "grade": true, "grade_id": "dropout", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
check.dropout(AWDLanguageModel)
### BEGIN HIDDEN TESTS
check.grade.dropout(AWDLanguageModel)
### END HIDDEN TESTS

# %% nbgrader={"cell_type": "code", "grade": true, "grade_id": "chunks", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
check.chunks(AWDLanguageModel)
### BEGIN HIDDEN TESTS
check.grade.chunks(AWDLanguageModel)
### END HIDDEN TESTS

# %% nbgrader={"cell_type": "code", "grade": true, "grade_id": "reset", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
check.reset(AWDLanguageModel)
### BEGIN HIDDEN TESTS
check.grade.reset(AWDLanguageModel)
### END HIDDEN TESTS

# %% nbgrader={"cell_type": "code", "grade": true, "grade_id": "history", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
check.history(AWDLanguageModel)
### BEGIN HIDDEN TESTS
check.grade.history(AWDLanguageModel)
### END HIDDEN TESTS

# %% nbgrader={"cell_type": "code", "grade": true, "grade_id": "gradient", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
check.gradient(AWDLanguageModel)
### BEGIN HIDDEN TESTS
check.grade.gradient(AWDLanguageModel)
### END HIDDEN TESTS

# %% [markdown]
# ## Train it
#
# Not graded, and what all the notebooks lead to. First the loss: put your `sequence_loss`,
# `activation_reg` and `temporal_activation_reg` into this cell, and add up the three. If you don't
# have them at hand, write each in a line or two.


# %% nbgrader={"cell_type": "code", "grade": false, "grade_id": "training-loss", "locked": false, "schema_version": 3, "solution": true, "task": false}
def training_loss(logits, raw, dropped, targets, alpha, beta):
    """Mean cross entropy + alpha · AR + beta · TAR, each of the right activations."""
    ### BEGIN SOLUTION
    cross_entropy = nn.functional.cross_entropy(logits.flatten(0, 1), targets.flatten())
    jumps = raw[:, 1:] - raw[:, :-1]
    return cross_entropy + alpha * dropped.square().mean() + beta * jumps.square().mean()
    ### END SOLUTION


# %% [markdown]
# The text is the human-numbers corpus: *one . two . three . …* up to 9999, in batches of 64 rows and
# 16 words. The optimizer is Adam with weight decay; its rate rises to 0.01 and falls again (one
# cycle). Which line below makes the model forget, and why only there?

# %%
from tqdm.auto import tqdm

from lmlib.evaluation import evaluate
from lmlib.optimizer import adam, set_rates
from lmlib.recipes import published_batches
from lmlib.schedule import one_cycle


def train(model, batches, epochs, lr=0.01, alpha=2.0, beta=1.0):
    """Read all batches in order, once in each epoch, and learn from each."""
    optimizer = adam(model, lr, weight_decay=0.1)
    steps = epochs * len(batches)
    rates = (one_cycle(step / steps, lr, (0.8, 0.7, 0.8)) for step in range(steps))
    model.train()
    for _ in tqdm(range(epochs), unit="epoch"):
        model.reset()
        for x, targets in batches:
            loss = training_loss(*model(x), targets, alpha, beta)
            optimizer.zero_grad()
            loss.backward()
            set_rates(optimizer, *next(rates))
            optimizer.step()


# %% [markdown]
# Fifteen epochs take less than a minute on two cores. The corpus counts as learned when the
# accuracy on validation text, numbers that the model has never seen, is above 0.80. Switch the cell on:

# %%
ready = False  # True trains

if ready:
    torch.manual_seed(0)
    training, validation, vocab = published_batches(7)
    model = AWDLanguageModel(len(vocab), hidden_size=64, num_layers=2, p=0.4)
    train(model, training, epochs=15)
    accuracy = evaluate(model, validation)["accuracy"]
    verdict = "reached: it counts" if accuracy > 0.8 else "not yet reached"
    print(f"accuracy {accuracy:.3f} on new numbers; 0.80 is {verdict}")

# %% [markdown]
# Not reached? Runs differ by a few hundredths, so try a second seed. Then look at which activations go
# to which penalty, at `reset()`, and at the start of $E$: `nn.Embedding`'s own, standard normal, learns
# better here than a small one. Reached? Switch the parts off, one by one: `p=0`, `alpha=0`, `beta=0`.
# Which one did most? Chapter 31 compares them over five seeds.

# %% [markdown]
# ## In your own words (2 points)
#
# TAR takes the raw activations, AR the dropped ones. In two to four sentences: what would TAR punish
# if it took the dropped ones, and why is that not what it is for?

# %% [markdown] nbgrader={"cell_type": "markdown", "grade": true, "grade_id": "why-raw", "locked": false, "points": 2, "schema_version": 3, "solution": true, "task": false}
# Dropout sets an element to zero in one step and lets it through, enlarged, in the next. Even a state that does not
# change at all then jumps from step to step, so TAR would punish the random mask. It is meant to punish
# quick changes of the state, which can be seen before dropout only.
#
# (One point: dropout makes jumps of its own. One point: TAR is about changes of the state itself.)

# %% [markdown]
# ## Look back
#
# - From one input word, how many rows of $E$ get gradient in a tied model, and how many in an untied one?
# - What would happen in validation if the state of the training text were not reset?
# - Which of your lines would change for dropout that keeps one mask for all steps of a sequence?
