"""Stateful models that have read nothing, with equal parameters, and what becomes of them."""

import contextlib
from collections.abc import Iterator
from typing import Any

import torch
from torch import Tensor, nn

from lmlib.checks.case import Case
from lmlib.checks.leniency import keep_results, read_logits, seed_calls, stay_in_evaluation
from lmlib.checks.modules import (
    copy_parameters,
    expect_effect,
    give_copies,
    only_training_is_random,
    start_anew,
    unchanged,
    unfinished,
)
from lmlib.checks.stateful_form import same

PASTS = ("a first call", "a later call", "a call after reset()")


def made(Model: Any, vocab: int, hidden: int, lenient: bool = True) -> Any:
    """A model that has all its parameters and has read nothing; its results in the usual form."""
    model = Model(vocab, hidden)
    if lenient and isinstance(model, nn.Module):
        read_logits(model)
    if unfinished(model):
        model(torch.zeros(1, 1).long())
        model.reset()
    return model


def fresh(
    Model: Any, vocab: int, hidden: int, case: Case, pure: bool = True, lenient: bool = True
) -> Iterator[Any]:
    """Models with the same parameters that have read nothing: use one up, then ask for the next.

    Where they need it, each is reset: the properties `two_models` and `reset_restores` judge that,
    and it shall cost no other points. Neither shall chance, a changed x or an overwritten result,
    unless `pure` is False: models with noise in training stay in evaluation, and other noise is the
    same in every call.
    """
    first = made(Model, vocab, hidden, lenient)
    start_anew(first, case, vocab)
    unready = needs_reset(Model, vocab, hidden)

    def another(training: bool = True) -> Any:
        model = made(Model, vocab, hidden, lenient)
        copy_parameters(first, model)
        if pure:
            give_copies(model)
            keep_results(model)
        if unready:
            model.reset()
        model.train(training)
        return model

    x = torch.arange(6).view(2, 3) % vocab
    noisy = only_training_is_random(lambda training: another(training)(x.clone()))
    if lenient:
        expect_effect(another()(x.clone()).flatten(0, -2))
    while True:
        model = another()
        if pure:
            (stay_in_evaluation if noisy else seed_calls)(model)
        yield model


def needs_reset(Model: Any, vocab: int, hidden: int) -> bool:
    """Whether new models share a state, or cannot be called before reset()."""
    x = torch.zeros(1, 1).long()
    try:
        made(Model, vocab, hidden)(x)
    except Exception:
        with contextlib.suppress(Exception):  # other properties say what fails here
            model = made(Model, vocab, hidden)
            model.reset()
            model(x)
            return True
    with contextlib.suppress(Exception):
        return shares_state(Model, vocab, hidden)
    return False


def shares_weights(Model: Any, vocab: int, hidden: int, case: Case) -> bool:
    """Whether new weights for one model are new weights for another."""
    model, other = made(Model, vocab, hidden), made(Model, vocab, hidden)
    start_anew(model, case, vocab)
    weights = [p.detach().clone() for p in model.parameters()]
    start_anew(other, case, vocab)
    return not unchanged(model, weights)


def shares_state(Model: Any, vocab: int, hidden: int, words: Tensor | None = None) -> bool:
    """Whether what one model reads, as these words, changes what another one says next."""
    x = torch.arange(6).view(2, 3) % vocab if words is None else words

    def answer(model: Any, others: tuple[Any, ...] = ()) -> Tensor:
        model.reset()
        for other in others:
            other.reset()
            other(x.clone())
        torch.manual_seed(0)
        logits: Tensor = model(x.clone())
        return logits.detach()

    model, other = made(Model, vocab, hidden), made(Model, vocab, hidden)
    first = answer(model)
    # Else reset() is to blame, or chance.
    repeats = all(same(answer(model), first) for _ in range(4))
    return repeats and not same(answer(model), answer(model, (other,)))


def go_through(model: Any, past: str, x: Tensor) -> None:
    """Let a model read x before the call that is to be looked at, and reset it, as `past` says.

    No gradients are kept: whether the state is cut from its history is another property.
    """
    if past != PASTS[0]:
        with torch.no_grad():
            model(x)
    if past == PASTS[2]:
        with contextlib.suppress(Exception):  # `reset_restores` says what fails here
            model.reset()
