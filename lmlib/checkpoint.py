"""Save a training run after each epoch, and go on from there."""

import math
import os
import pickle
from pathlib import Path
from typing import Any

import torch
from torch import nn

Settings = dict[str, Any]
ABOVE_0 = {"epochs", "lr", "clip", "batches"}


def check_settings(settings: Settings, path: str | Path | None) -> None:
    """Raise ValueError for a setting outside its range, or a path that cannot be a checkpoint."""
    if settings["batches"] == 0:
        raise ValueError("train holds no batches; give more text or a smaller batch")
    for name, value in settings.items():
        if name == "momenta":
            if len(value) != 3 or not all(0 <= m < 1 for m in value):
                raise ValueError(f"momenta are {value}; they must be three numbers in [0, 1)")
        elif value is not None and not (
            math.isfinite(value) and (value > 0 if name in ABOVE_0 else value >= 0)
        ):
            least = "above 0" if name in ABOVE_0 else "at least 0"
            raise ValueError(f"{name} is {value}; it must be {least} and finite")
    if path is not None and (Path(path).is_dir() or not str(path)):
        raise ValueError(f"checkpoint is {str(path)!r}; name a file, which may be a new one")


def describe(model: nn.Module, settings: Settings) -> Settings:
    """What must be the same for a run to go on; tied parameters count once."""
    shapes = [list(parameter.shape) for parameter in model.parameters()]
    return {"model": type(model).__name__, "parameters": shapes, **settings}


def save(
    path: str | Path,
    model: nn.Module,
    optimizer: torch.optim.Optimizer,
    history: list[dict[str, float]],
    settings: Settings,
) -> None:
    """Write everything that the next epoch depends on; a broken-off write leaves the old file."""
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(path.name + ".part")
    torch.save(
        {
            "about": describe(model, settings),
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
    path: str | Path, model: nn.Module, optimizer: torch.optim.Optimizer, settings: Settings
) -> list[dict[str, float]]:
    """Load what `save` wrote and return the history; without a file, return an empty one.

    Raises ValueError, before anything is changed, for a file of another model or other settings.
    """
    if not Path(path).is_file():
        return []
    try:
        saved = torch.load(path, map_location="cpu", weights_only=True)
        there, here = saved["about"], describe(model, settings)
    except (OSError, RuntimeError, EOFError, pickle.UnpicklingError, KeyError, TypeError) as error:
        raise ValueError(f"{path} is no checkpoint of fit ({type(error).__name__})") from None
    if others := [
        f"{k} was {there.get(k)} and is {here[k]}" for k in here if there.get(k) != here[k]
    ]:
        raise ValueError(f"{path} belongs to another call: {'; '.join(others)}. Name a new file")
    model.load_state_dict(saved["model"])
    optimizer.load_state_dict(saved["optimizer"])
    torch.set_rng_state(saved["random"])
    if len(saved["random_cuda"]) == torch.cuda.device_count():
        torch.cuda.set_rng_state_all(saved["random_cuda"])
    return saved["history"]
