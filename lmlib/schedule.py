"""The one-cycle schedule: warm up to a large learning rate, then anneal it to almost nothing."""

import math

from lmlib.arguments import check_number, shown

Momenta = tuple[float, float, float]


def one_cycle(
    done: float, lr: float, momenta: Momenta = (0.95, 0.85, 0.95), warm_up: float = 0.25
) -> tuple[float, float]:
    """Return the learning rate and momentum when the share `done` (0 to 1) of training is over.

    The rate rises from lr/25 to lr during the warm-up and falls to lr/100,000 after it, both
    along a half cosine; the momentum runs from the first value to the second and on to the
    third. Raises TypeError for what are no numbers, ValueError unless 0 ≤ done ≤ 1, lr > 0,
    0 ≤ warm_up < 1, and three momenta are at least 0 and below 1. Source: Smith & Topin 2018; the
    constants are fastai's.
    """
    check_number("done, the share of training that is over,", done, least=0, most=1)
    check_number("lr", lr, above=0)
    check_number("warm_up", warm_up, least=0, below=1)
    check_momenta(momenta)
    if done < warm_up:
        share = done / warm_up
        return cosine(lr / 25, lr, share), cosine(momenta[0], momenta[1], share)
    share = (done - warm_up) / (1 - warm_up)
    return cosine(lr, lr / 1e5, share), cosine(momenta[1], momenta[2], share)


def check_momenta(momenta: Momenta) -> None:
    """Raise TypeError unless momenta are a tuple of numbers, ValueError unless three in [0, 1)."""
    if not isinstance(momenta, (tuple, list)):
        raise TypeError(f"momenta is {shown(momenta)}; give three numbers, as (0.95, 0.85, 0.95)")
    if len(momenta) != 3:
        raise ValueError(f"momenta are {momenta}; give three: at the start, the peak and the end")
    for momentum in momenta:
        check_number("one of the momenta", momentum, least=0, below=1)


def cosine(start: float, end: float, share: float) -> float:
    """Return the point `share` of the way from start to end along a half cosine."""
    return start + (end - start) * (1 - math.cos(math.pi * share)) / 2
