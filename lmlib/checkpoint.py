"""Save a training run after each epoch, and go on from there."""

import os
from pathlib import Path

import torch
from torch import nn


def save(
    path: str | Path,
    model: nn.Module,
    optimizer: torch.optim.Optimizer,
    history: list[dict[str, float]],
) -> None:
    """Write everything that the next epoch depends on; a broken-off write leaves the old file."""
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(path.name + ".part")
    torch.save(
        {
            "model": model.state_dict(),
            "optimizer": optimizer.state_dict(),
            "history": history,
            "random": torch.get_rng_state(),
            "random_cuda": torch.cuda.get_rng_state_all(),  # empty without a GPU
        },
        unfinished,
    )
    os.replace(unfinished, path)


def restore(
    path: str | Path, model: nn.Module, optimizer: torch.optim.Optimizer
) -> list[dict[str, float]]:
    """Load what `save` wrote and return the history; without a file, return an empty one."""
    if not Path(path).is_file():
        return []
    saved = torch.load(path, map_location="cpu", weights_only=True)
    model.load_state_dict(saved["model"])
    optimizer.load_state_dict(saved["optimizer"])
    torch.set_rng_state(saved["random"])
    if len(saved["random_cuda"]) == torch.cuda.device_count():
        torch.cuda.set_rng_state_all(saved["random_cuda"])
    return saved["history"]
