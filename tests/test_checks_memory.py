"""Slips that show where a check and the student's code share their memory, as in a notebook."""

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


def strides_from_the_first_number_in_memory(ids, B, T):
    length = (len(ids) - 1) // B
    for start in range(0, length - T + 1, T):
        yield tuple(ids.as_strided((B, T), (length, 1), start + shift) for shift in (0, 1))


def ids_resized(ids, B, T):
    length = (len(ids) - 1) // B
    y = ids[1 : B * length + 1].clone().view(B, length)
    x = ids.resize_(B, length)
    return [(x[:, s : s + T], y[:, s : s + T]) for s in range(0, length - T + 1, T)]


@lru_cache
def loss_remembered(logits, targets):
    return F.cross_entropy(logits.flatten(0, 1), targets.flatten())


def gradient_switched_on(logits, targets):
    return F.cross_entropy(logits.requires_grad_().flatten(0, 1), targets.flatten())


def logits_transposed(logits, targets):
    return F.cross_entropy(logits.transpose_(1, 2), targets)


def targets_unsqueezed(logits, targets):
    return -logits.log_softmax(-1).gather(-1, targets.unsqueeze_(-1)).mean()


@pytest.mark.parametrize(
    ("check", "property", "symptom", "function"),
    [
        (data_check, "lines_kept", "result-changed", one_list_for_all_texts),
        (data_check, "lines_kept", "not-repeatable", the_same_tensor_again),
        (data_check, "values_from_ids", "ignores-ids", strides_from_the_first_number_in_memory),
        (data_check, "own_values", "ids-changed", ids_resized),
        (loss_check, "untouched", "remembers", loss_remembered),
        (loss_check, "untouched", "input-changed", gradient_switched_on),
        (loss_check, "untouched", "input-changed", logits_transposed),
        (loss_check, "untouched", "input-changed", targets_unsqueezed),
    ],
)
def test_only_the_property_that_is_meant_fails(check, property, symptom, function):
    subjects = check.properties[property].subjects
    for id, entry in check.properties.items():
        if entry.subjects == subjects:
            found = check.run(id, function, seed=1).symptom
            expected = f"{check.assignment}.{symptom}" if id == property else None
            assert (found and found.id) == expected, (id, found)
