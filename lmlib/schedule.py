"""The one-cycle schedule: warm up to a large learning rate, then anneal it to almost nothing."""

import math

Momenta = tuple[float, float, float]


def one_cycle(
    done: float, lr: float, momenta: Momenta = (0.95, 0.85, 0.95), warm_up: float = 0.25
) -> tuple[float, float]:
    """Return the learning rate and momentum when the share `done` (0 to 1) of training is over.

    The rate rises from lr/25 to lr during the warm-up and falls to lr/100,000 after it, both
    along a half cosine; the momentum runs from the first value to the second and on to the
    third. Source: Smith & Topin 2018; the constants are fastai's.
    """
    if not 0 <= done <= 1:
        raise ValueError(f"done is {done}; it is a share of training, from 0 to 1")
    if done < warm_up:
        share = done / warm_up
        return cosine(lr / 25, lr, share), cosine(momenta[0], momenta[1], share)
    share = (done - warm_up) / (1 - warm_up)
    return cosine(lr, lr / 1e5, share), cosine(momenta[1], momenta[2], share)


def cosine(start: float, end: float, share: float) -> float:
    """Return the point `share` of the way from start to end along a half cosine."""
    return start + (end - start) * (1 - math.cos(math.pi * share)) / 2
