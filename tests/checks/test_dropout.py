"""What no sample shows of dropout's checks: the small step, and the other rows of a table."""

import pytest
import torch
from torch import nn

from lmlib.checks.dropout import check

pytestmark = pytest.mark.quick


class Dropout(nn.Module):
    def __init__(self, p=0.5):
        super().__init__()
        if not 0 <= p < 1:
            raise ValueError(f"p is {p}")
        self.p = p


def seen(forward):
    """What the table says, by property."""
    report = check(type("Dropout", (Dropout,), {"forward": forward}))
    return {outcome.id: outcome.message for outcome in report.outcomes}


def test_a_mask_is_a_tensor_of_its_own():
    check.mask_step(lambda x, p: torch.empty_like(x).bernoulli_(1 - p))
    with pytest.raises(AssertionError, match=r"writes into the x .*\[dropout.input-changed\]"):
        check.mask_step(lambda x, p: x.bernoulli_(1 - p))


def test_no_sum_has_shrunk_where_nothing_is_dropped():
    table = seen(lambda self, x: x)
    assert table["survivors"] == table["fresh_mask"]
    assert "gives x back as it is" in table["survivors"]


def test_a_mask_in_place_of_x_is_seen():
    table = seen(lambda self, x: torch.empty_like(x).bernoulli_(1 - self.p))
    assert "the survivors are all 1, whatever x was" in table["survivors"]


def test_a_forgotten_return_is_told_and_no_error_of_ours():
    told = [message for message in seen(lambda self, x: None).values() if message]
    assert len(told) == 9
    assert all("is NoneType, not a tensor" in message for message in told)


def test_a_shared_coin_has_one_message_and_takes_little_memory():
    sizes = []

    def one_coin_a_row(self, x):
        if not self.training:
            return x
        mask = torch.empty(x.shape[0], 1).bernoulli_(1 - self.p)
        sizes.append((x * mask).numel())
        return x * mask / (1 - self.p)

    table = seen(one_coin_a_row)
    assert table["independence"] == table["rate"]
    assert "along axis 1 are dropped together" in table["rate"]
    assert max(sizes) < 10_000_000
