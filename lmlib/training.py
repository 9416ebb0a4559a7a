"""Train a language model and measure it."""

import math
import time
from collections.abc import Sequence
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from tqdm.auto import tqdm

from lmlib.checkpoint import restore, save
from lmlib.data import Batch
from lmlib.evaluation import evaluate, reset
from lmlib.losses import activation_reg, temporal_activation_reg
from lmlib.optimizer import adam
from lmlib.schedule import Momenta, one_cycle

History = list[dict[str, float]]


def fit(
    model: nn.Module,
    train: Sequence[Batch],
    valid: Sequence[Batch] | None = None,
    *,
    epochs: int,
    lr: float,
    weight_decay: float = 0.01,
    momenta: Momenta = (0.95, 0.85, 0.95),
    alpha: float = 0.0,
    beta: float = 0.0,
    clip: float | None = None,
    device: torch.device | str | None = None,
    progress: bool = True,
    checkpoint: str | Path | None = None,
) -> History:
    """Train with Adam on a one-cycle schedule; return one row of figures per epoch.

    `alpha` and `beta` weigh AR and TAR, for models that return (logits, raw, dropped); `clip`
    bounds the norm of the gradient. With a `checkpoint` file, each epoch is saved there, and
    the same call goes on after the last saved one. The model keeps the order of the batches,
    and its state is reset before each pass. Raises FloatingPointError when the loss is not finite.
    """
    _check(train, epochs, lr, alpha, beta)
    device = torch.device(device) if device is not None else next(model.parameters()).device
    model.to(device)
    train = _on(device, train)
    valid = _on(device, valid or [])
    optimizer = adam(model, lr, weight_decay)
    history: History = restore(checkpoint, model, optimizer) if checkpoint else []
    bar = tqdm(total=epochs, initial=len(history), disable=not progress, unit="epoch")
    for epoch in range(len(history), epochs):
        start = time.perf_counter()
        model.train()
        reset(model)
        total = torch.zeros((), device=device)
        for step, (x, y) in enumerate(train):
            done = (epoch * len(train) + step) / (epochs * len(train))
            set_rates(optimizer, *one_cycle(done, lr, momenta))
            loss, extra = _losses(model(x), y, alpha, beta)
            if not math.isfinite(loss.item()):
                raise FloatingPointError(
                    f"the loss is {loss.item()} at step {step + 1} of epoch {epoch + 1}; "
                    "lower lr, or bound the gradient with clip=1.0"
                )
            optimizer.zero_grad()
            (loss + extra).backward()
            if clip is not None:
                nn.utils.clip_grad_norm_(model.parameters(), clip)
            optimizer.step()
            total += loss.detach()
        row = {"epoch": epoch + 1.0, "train_loss": total.item() / len(train)}
        if valid:
            row |= evaluate(model, valid)
        row["seconds"] = time.perf_counter() - start
        history.append(row)
        if checkpoint:
            save(checkpoint, model, optimizer, history)
        bar.set_postfix({k: f"{v:.3f}" for k, v in row.items() if k != "epoch"})
        bar.update()
    bar.close()
    reset(model)
    return history


def set_rates(optimizer: torch.optim.Optimizer, lr: float, momentum: float) -> None:
    """Set learning rate and momentum of all parameter groups."""
    for group in optimizer.param_groups:
        group["lr"], group["betas"] = lr, (momentum, group["betas"][1])


def _losses(
    out: Tensor | tuple[Tensor, Tensor, Tensor], y: Tensor, alpha: float, beta: float
) -> tuple[Tensor, Tensor | float]:
    """Return the cross entropy and the penalties, apart."""
    if isinstance(out, Tensor):
        return F.cross_entropy(out.flatten(0, -2), y.flatten()), 0.0
    logits, raw, dropped = out
    extra = activation_reg(dropped, alpha) + temporal_activation_reg(raw, beta)
    return F.cross_entropy(logits.flatten(0, -2), y.flatten()), extra


def _on(device: torch.device, batches: Sequence[Batch]) -> list[Batch]:
    return [(x.to(device), y.to(device)) for x, y in batches]


def _check(train: Sequence[Batch], epochs: int, lr: float, alpha: float, beta: float) -> None:
    if not train:
        raise ValueError("train holds no batches; give more text or smaller batches")
    if epochs < 1 or lr <= 0 or alpha < 0 or beta < 0:
        raise ValueError(
            f"got epochs={epochs}, lr={lr}, alpha={alpha}, beta={beta}; allowed are epochs ≥ 1, "
            "lr > 0, alpha ≥ 0, beta ≥ 0"
        )
