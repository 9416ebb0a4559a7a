"""Slips of memory that is shared, between calls or with the check, cost one property."""

from functools import lru_cache

import pytest
import torch
from torch.nn import functional as F

from lmlib.checks.data_batches import check as data_check
from lmlib.checks.sequence_loss import check as loss_check

memo: dict = {}


def in_ids(lines, vocab):
    tokens = " . ".join(line.strip() for line in lines).split()
    vocab += [token for token in dict.fromkeys(tokens) if token not in vocab]
    return torch.tensor([vocab.index(token) for token in tokens]), vocab


def one_list_for_all_texts(lines, vocab=[]):  # noqa: B006
    vocab.clear()
    return in_ids(lines, vocab)


def the_same_tensor_again(lines):
    if tuple(lines) not in memo:
        memo[tuple(lines)] = in_ids(lines, [])
    return memo[tuple(lines)]


@lru_cache
def loss_remembered(logits, targets):
    return F.cross_entropy(logits.flatten(0, 1), targets.flatten())


def gradient_switched_on(logits, targets):
    return F.cross_entropy(logits.requires_grad_().flatten(0, 1), targets.flatten())


@pytest.mark.parametrize(
    ("check", "property", "symptom", "function"),
    [
        (data_check, "lines_kept", "result-changed", one_list_for_all_texts),
        (data_check, "lines_kept", "not-repeatable", the_same_tensor_again),
        (loss_check, "untouched", "remembers", loss_remembered),
        (loss_check, "untouched", "input-changed", gradient_switched_on),
    ],
)
def test_only_the_property_that_is_meant_fails(check, property, symptom, function):
    subjects = check.properties[property].subjects
    for id, entry in check.properties.items():
        if entry.subjects == subjects:
            found = check.run(id, function, seed=1).symptom
            expected = f"{check.assignment}.{symptom}" if id == property else None
            assert (found and found.id) == expected, (id, found)
