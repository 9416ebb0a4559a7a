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
    with pytest.raises(ValueError, match="at least 0 and at most 1"):
        one_cycle(done, 1.0)


@pytest.mark.parametrize(
    ("changes", "error", "message"),
    [
        ({"lr": 0}, ValueError, "lr is 0; it must be above 0"),
        ({"lr": math.nan}, ValueError, "lr is nan"),
        ({"lr": "fast"}, TypeError, "lr is 'fast'"),
        ({"warm_up": 1}, ValueError, "warm_up is 1; it must be at least 0 and below 1"),
        ({"warm_up": -0.1}, ValueError, "warm_up is -0.1"),
        ({"momenta": (0.9, 0.8)}, ValueError, "momenta are .*; give three"),
        ({"momenta": (0.9, 0.8, 1.0)}, ValueError, "one of the momenta is 1.0"),
        ({"momenta": 0.9}, TypeError, "momenta is 0.9; give three numbers"),
        ({"done": None}, TypeError, "is None; it must be a number"),
    ],
)
def test_a_bad_setting_is_named(as_a_user, changes, error, message):
    with pytest.raises(error, match=message):
        one_cycle(**{"done": 0.5, "lr": 0.1} | changes)


def test_without_a_warm_up_the_rate_only_falls():
    assert one_cycle(0.0, 1.0, warm_up=0) == (1.0, 0.85)
    assert one_cycle(1.0, 1.0, warm_up=0)[0] == pytest.approx(1e-5)
