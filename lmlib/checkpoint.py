"""Save a training run after each epoch, and go on from there."""

import os
import pickle
from pathlib import Path
from typing import Any

import torch
from torch import nn

from lmlib.arguments import check_number, check_sizes
from lmlib.schedule import check_momenta

Settings = dict[str, Any]
PARTS = {"about", "model", "optimizer", "history", "random", "random_cuda"}


def check_settings(settings: Settings, path: str | Path | None) -> Settings:
    """Return the settings as numbers of Python's own, which a checkpoint can hold.

    Raises TypeError or ValueError for a bad setting, or a path that cannot be a checkpoint, whose
    folder is made now: training for nothing would be worse.
    """
    check_sizes(epochs=settings["epochs"])
    check_number("lr", settings["lr"], above=0)
    check_momenta(settings["momenta"])
    for name in ("weight_decay", "alpha", "beta"):
        check_number(name, settings[name], least=0)
    if settings["clip"] is not None:
        check_number("clip", settings["clip"], above=0)
    if path is not None:
        _make_folder(path)
    momenta = tuple(float(momentum) for momentum in settings["momenta"])
    plain = {k: v.item() if hasattr(v, "item") else v for k, v in settings.items()}  # NumPy's
    return plain | {"momenta": momenta}


def _make_folder(path: str | Path) -> None:
    try:
        Path(path).parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ValueError(f"checkpoint is {str(path)!r}, which has no folder: {error}") from None
    if Path(path).is_dir() or not str(path):
        raise ValueError(f"checkpoint is {str(path)!r}; name a file, which may be a new one")


def describe(model: nn.Module, settings: Settings) -> Settings:
    """What must be the same for a run to go on; tied parameters count once."""
    shapes = [list(parameter.shape) for parameter in model.parameters()]
    types = sorted({str(parameter.dtype) for parameter in model.parameters()})
    return {"model": type(model).__name__, "parameters": shapes, "dtype": types, **settings}


def save(
    path: str | Path,
    model: nn.Module,
    optimizer: torch.optim.Optimizer,
    history: list[dict[str, float]],
    settings: Settings,
) -> None:
    """Write everything that the next epoch depends on; a broken-off write leaves the old file."""
    path = Path(path)
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
    except (OSError, RuntimeError, EOFError, pickle.UnpicklingError, KeyError, TypeError) as error:
        raise ValueError(f"{path} is no checkpoint of fit ({type(error).__name__})") from None
    if not isinstance(saved, dict) or saved.keys() != PARTS:
        raise ValueError(f"{path} is no checkpoint of fit; name a new file")
    there, here = saved["about"], describe(model, settings)
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
