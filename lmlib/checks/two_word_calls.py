"""What calls with some words tell: which words matter, and that nothing else does."""

from collections.abc import Callable

import torch
from torch import Tensor, nn

from lmlib.checks.calls import MODES
from lmlib.checks.expect import expect
from lmlib.checks.modules import expect_effect, fill, gradients_of, unchanged
from lmlib.checks.two_word_form import rows_for


def expect_nothing_left(model: nn.Module, x: Tensor) -> None:
    """A call changes neither the words nor the model, and every mode gives the same logits."""
    before, parameters = x.clone(), [p.detach().clone() for p in model.parameters()]
    first = model.train()(x)
    expect(torch.equal(x, before), "input-changed", "x holds other words after the call")
    kept = unchanged(model, parameters)
    expect(kept, "parameters-changed", "a call changes the model's parameters")
    text = "the same call gives other logits the second time"
    expect(_agree(first, model(x)), "not-repeatable", text)
    for mode in MODES * 2:
        with mode.on(model):
            logits = model(x)
        text = f"{mode}, x holds other words after the call"
        expect(torch.equal(x, before), "input-changed", text)
        expect(_agree(first, logits), "modes-differ", f"{mode}, the same words give other logits")
    model.train()


def expect_nothing_remembered(model: nn.Module, x: Tensor) -> None:
    """New parameters give new logits, the same in evaluation as in training."""
    with torch.no_grad():
        old = model.eval()(x)
        for parameter in model.parameters():
            parameter.mul_(0.9)
        evaluated, trained = model.eval()(x), model.train()(x)
    text = "once the parameters were changed, the same words still give the logits of before"
    expect(not _agree(old, trained), "remembers", text)
    text = "once the parameters were changed, evaluation gives other logits than training"
    expect(_agree(evaluated, trained), "remembers", text)
    expect_effect(trained)


def expect_own_gradients(model: nn.Module, x: Tensor, other: Tensor) -> None:
    """A call with other words changes no gradient of the call before it."""
    if not model(x).requires_grad:  # another property judges that
        return
    alone = _gradients(model, model(x))
    first, _ = model(x), model(other)
    off = (_gradients(model, first) - alone).abs().max().item()
    text = f"a call with other words moves the gradients of the call before it by up to {off:.3f}"
    expect(off <= 1e-4 * (1 + alone.abs().max().item()), "gradients-mixed", text)


def _gradients(model: nn.Module, logits: Tensor) -> Tensor:
    found = gradients_of(logits.square().mean(), list(model.parameters()))
    return torch.cat([gradient.flatten() for gradient in found if gradient is not None])


def expect_own_parameters(model: nn.Module, another: Callable[[], nn.Module], x: Tensor) -> None:
    """Making, calling and changing another model of the same size changes nothing here."""
    before, other = model(x), another()
    other(x)
    text = "the logits change when another model is made"
    expect(_agree(before, model(x)), "models-share", text)
    fill(other.parameters(), torch.zeros(()))
    text = "the logits change with the parameters of another model of the same size"
    expect(_agree(before, model(x)), "models-share", text)


def expect_words_matter(model: nn.Module, words: list[int]) -> None:
    """Each of two words, their order and their combination change the logits."""
    a, b, c, d = words
    ab, cb, ad, cd, ba = rows_for(model, [(a, b), (c, b), (a, d), (c, d), (b, a)])
    text = f"the first word may be {a} or {c}: the logits stay the same"
    expect(_differ(ab, cb), "first-ignored", text)
    text = f"the second word may be {b} or {d}: the logits stay the same"
    expect(_differ(ab, ad), "second-ignored", text)
    text = f"({a}, {b}) and ({b}, {a}) give the same logits"
    expect(_differ(ab, ba), "order-ignored", text)
    text = "what the first word adds to the logits does not depend on the second word at all"
    expect(_differ(ab - cb, ad - cd), "additive", text)


def _agree(one: Tensor, other: Tensor) -> bool:
    return torch.allclose(one, other, rtol=1e-4, atol=1e-5 * (1 + one.abs().max().item()))


def _differ(one: Tensor, other: Tensor) -> bool:
    """Whether logits (of size 1 to 10) differ by more than float32 rounds."""
    return (one - other).abs().max().item() > 1e-3
