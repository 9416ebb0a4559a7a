# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # From text to batches
#
# **About 50 minutes · 20 points** (18 by tests that you can run yourself, 2 for a short answer)
# · goes with chapters 2, 9 and 13.
#
# After this notebook you can
#
# - turn lines of text into one stream of word ids,
# - cut a stream into batches that a model with a memory can read,
# - check a batch by eye, with the ids turned back into words.
#
# Run the cells from top to bottom. Where it says `YOUR CODE HERE`, replace the two lines below.
# Not allowed in your own code: anything of `lmlib`; what it does earns nothing.

# %%
import torch

from lmlib import human_numbers
from lmlib.checks.data_batches import check

# %% [markdown]
# ## Why care about batches?
#
# A model reads what you give it, in the order in which you give it. If row 3 of the next batch does
# not go on where row 3 of this batch ended, a model that remembers carries its memory to the wrong
# place. No error is raised, the loss even falls; it just never falls far. So we look at the data
# first.
#
# Everything in this notebook can be checked with your own eyes. The trick: use the numbers
# 0, 1, 2, … as ids. Then every value says where in the stream it came from.

# %% [markdown]
# ## Step 1: lines to words
#
# Python's `str.split` and `str.join` do most of the work. Run the cell: what does each line do?

# %%
poem = ["the cat sat", "on the mat"]
print(" . ".join(poem))
print(" . ".join(poem).split())
print(list(dict.fromkeys(["b", "a", "b", "c", "a"])))

# %% [markdown]
# ## Task 1: `numericalize`
#
# `numericalize(lines)` takes a list of strings and returns `(ids, vocab)`:
#
# - strip each line (a file's lines end with `\n`),
# - join the lines with a token `.` *between* two lines: none before the first, none after the last
#   (an empty line is a line, too),
# - split the result on blanks: each piece is a token,
# - `vocab` is a list of the different tokens in the order of their first appearance,
# - `ids` is an int64 tensor of shape `[N]`: each token's place in `vocab`,
# - the list `lines` is left as it was.


# %% nbgrader={"cell_type": "code", "grade": false, "grade_id": "numericalize-solution", "locked": false, "schema_version": 3, "solution": true, "task": false}
def numericalize(lines):
    """Turn lines into word ids and the vocabulary that belongs to them."""
    ### BEGIN SOLUTION
    tokens = " . ".join(line.strip() for line in lines).split()
    vocab = list(dict.fromkeys(tokens))
    place = {word: id for id, word in enumerate(vocab)}
    return torch.tensor([place[token] for token in tokens]), vocab
    ### END SOLUTION


# %%
check(numericalize)

# %% [markdown]
# ## Step 2: fold a stream into rows
#
# A tensor of 14 ids, folded in two ways. In which of the two does a row hold neighbouring words?
# In which of the two could row 1 of one batch go on in row 1 of the next?

# %%
stream = torch.arange(14)
print(stream[:12].view(-1, 4))  # 4 columns
print(stream[:12].view(4, -1))  # 4 rows

# %% [markdown]
# ## Task 2: `batches_in_order`
#
# `batches_in_order(ids, batch_size, seq_len)` gives you the batches one after the other, as a list or
# a generator, as you like; each is a tuple or list `(x, y)`. Write $B$ for `batch_size` and $T$ for
# `seq_len`.
#
# | what | is asked |
# | --- | --- |
# | shape | `x` and `y` are int64 tensors of shape `[B, T]`; a batch that is not full is left out |
# | `y` | the word after each word of `x`, also at the end of a row |
# | order in time | row $r$ of the next batch goes on exactly where row $r$ ended |
# | order of rows | in the first batch, row 0 starts with token 0, and the rows stand in the order of the stream |
# | economy | each token is used at most once in `x`; lose no more than one batch |
# | tensors | a batch keeps its values when later ones are made; `ids` is not changed |
#
# Two layouts are common, and both are right: cut the stream into $B$ long pieces and slice their
# columns, or cut it into chunks of $T$ and regroup the chunks.


# %% nbgrader={"cell_type": "code", "grade": false, "grade_id": "batches-solution", "locked": false, "schema_version": 3, "solution": true, "task": false}
def batches_in_order(ids, batch_size, seq_len):
    """Yield batches (x, y) whose rows read the stream piece by piece, in order."""
    ### BEGIN SOLUTION
    length = (len(ids) - 1) // batch_size
    x = ids[: batch_size * length].view(batch_size, length)
    y = ids[1 : batch_size * length + 1].view(batch_size, length)
    for start in range(0, length - seq_len + 1, seq_len):
        yield x[:, start : start + seq_len], y[:, start : start + seq_len]
    ### END SOLUTION


# %% [markdown]
# Look before you test: three rows of each batch of a small stream.

# %%
try:
    for x, y in batches_in_order(torch.arange(40), batch_size=3, seq_len=4):
        print("x", x.tolist(), "  y", y.tolist())
except NotImplementedError:
    print("batches_in_order is not written yet")

# %%
check(numericalize, batches_in_order)

# %% [markdown]
# ## Task 3: `decode`
#
# `decode(ids, vocab)` turns a tensor of ids back into one string: the words, separated by single
# blanks. With it you can read any row of any batch.


# %% nbgrader={"cell_type": "code", "grade": false, "grade_id": "decode-solution", "locked": false, "schema_version": 3, "solution": true, "task": false}
def decode(ids, vocab):
    """The words that the ids stand for, as one string."""
    ### BEGIN SOLUTION
    return " ".join(vocab[id] for id in ids.tolist())
    ### END SOLUTION


# %%
check(numericalize, batches_in_order, decode)

# %% [markdown]
# Stuck on a line? Name its id. Call it again for the next hint.

# %%
check.hint("rows_continue")

# %% [markdown]
# All together, on the course's own text. Read along one row through two batches: do the numbers
# count up?

# %%
try:
    ids, vocab = numericalize(human_numbers())
    for _, (x, y) in zip(range(2), batches_in_order(ids, 64, 8), strict=False):
        print("x:", decode(x[0], vocab))
        print("y:", decode(y[0], vocab))
except NotImplementedError:
    print("one of the three functions is not written yet")

# %% [markdown]
# ## What is graded
#
# One cell per property, so that partly right work earns part of the points. The grader runs the
# same properties on other sizes and other texts. No property needs another one: a slip costs its own
# points.

# %% nbgrader={"cell_type": "code", "grade": true, "grade_id": "id_types", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
check.id_types(numericalize)
### BEGIN HIDDEN TESTS
check.grade.id_types(numericalize)
### END HIDDEN TESTS

# %% nbgrader={"cell_type": "code", "grade": true, "grade_id": "words", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
check.words(numericalize)
### BEGIN HIDDEN TESTS
check.grade.words(numericalize)
### END HIDDEN TESTS

# %% nbgrader={"cell_type": "code", "grade": true, "grade_id": "separator", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
check.separator(numericalize)
### BEGIN HIDDEN TESTS
check.grade.separator(numericalize)
### END HIDDEN TESTS

# %% nbgrader={"cell_type": "code", "grade": true, "grade_id": "vocabulary", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
check.vocabulary(numericalize)
### BEGIN HIDDEN TESTS
check.grade.vocabulary(numericalize)
### END HIDDEN TESTS

# %% nbgrader={"cell_type": "code", "grade": true, "grade_id": "lines_kept", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
check.lines_kept(numericalize)
### BEGIN HIDDEN TESTS
check.grade.lines_kept(numericalize)
### END HIDDEN TESTS

# %% nbgrader={"cell_type": "code", "grade": true, "grade_id": "batch_shapes", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
check.batch_shapes(batches_in_order)
### BEGIN HIDDEN TESTS
check.grade.batch_shapes(batches_in_order)
### END HIDDEN TESTS

# %% nbgrader={"cell_type": "code", "grade": true, "grade_id": "next_word", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
check.next_word(batches_in_order)
### BEGIN HIDDEN TESTS
check.grade.next_word(batches_in_order)
### END HIDDEN TESTS

# %% nbgrader={"cell_type": "code", "grade": true, "grade_id": "inside_a_row", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
check.inside_a_row(batches_in_order)
### BEGIN HIDDEN TESTS
check.grade.inside_a_row(batches_in_order)
### END HIDDEN TESTS

# %% nbgrader={"cell_type": "code", "grade": true, "grade_id": "rows_continue", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": false}
check.rows_continue(batches_in_order)
### BEGIN HIDDEN TESTS
check.grade.rows_continue(batches_in_order)
### END HIDDEN TESTS

# %% nbgrader={"cell_type": "code", "grade": true, "grade_id": "nothing_wasted", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
check.nothing_wasted(batches_in_order)
### BEGIN HIDDEN TESTS
check.grade.nothing_wasted(batches_in_order)
### END HIDDEN TESTS

# %% nbgrader={"cell_type": "code", "grade": true, "grade_id": "values_from_ids", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
check.values_from_ids(batches_in_order)
### BEGIN HIDDEN TESTS
check.grade.values_from_ids(batches_in_order)
### END HIDDEN TESTS

# %% nbgrader={"cell_type": "code", "grade": true, "grade_id": "decoding", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
check.decoding(decode)
### BEGIN HIDDEN TESTS
check.grade.decoding(decode)
### END HIDDEN TESTS

# %% [markdown]
# ## In your own words (2 points)
#
# A friend shuffles the batches before every epoch, "as one always does". The model keeps its state
# from batch to batch. In two to four sentences: what does the state that a row starts with then
# describe, and why is no error raised?

# %% [markdown] nbgrader={"cell_type": "markdown", "grade": true, "grade_id": "shuffled-batches", "locked": false, "points": 2, "schema_version": 3, "solution": true, "task": false}
# The state of a row describes the text of whatever batch happened to come before, an unrelated place
# in the stream, so it is noise for the row that comes now. All shapes still fit and every number is
# legal, so nothing can raise an error; the model only learns to ignore its state.
#
# (One point: the state belongs to another place. One point: shapes and values are legal, so only the result suffers.)

# %% [markdown]
# ## Look back
#
# - How many tokens of the course's text does your function leave out with $B = 64$ and $T = 16$?
# - Without the token `.` between the lines, could you still tell where one number ends?
# - Which change would let you use every token of the stream, and what would it cost?
