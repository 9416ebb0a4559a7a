import math

import pytest

from lmlib import one_cycle


@pytest.mark.parametrize(
    ("done", "lr", "momentum"),
    [
        (0.0, 0.04, 0.95),
        (0.25, 1.0, 0.85),
        (1.0, 1e-5, 0.95),
        (0.125, (0.04 + 1.0) / 2, 0.90),
        (0.625, (1.0 + 1e-5) / 2, 0.90),
        (0.0625, 0.04 + 0.96 * (1 - math.cos(math.pi / 4)) / 2, None),
    ],
)
def test_corners_and_middles(done, lr, momentum):
    got_lr, got_momentum = one_cycle(done, 1.0)
    assert got_lr == pytest.approx(lr)
    assert momentum is None or got_momentum == pytest.approx(momentum)


@pytest.mark.parametrize("done", [-0.1, 1.1])
def test_a_share_lies_between_0_and_1(done):
    with pytest.raises(ValueError, match="from 0 to 1"):
        one_cycle(done, 1.0)
