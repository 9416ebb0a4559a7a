"""The models that readers play with: trained by the course's recipes, rounded to 8 bits.

`export()` writes one script for each model into `_build/static/play`, which the site serves. A
script calls `lm.add` (book/_static/play/models.js) with the weights and with what was measured
with exactly these rounded weights. One core needs about half a minute for all; it is done again
only when this module or lmlib has changed.
"""

from __future__ import annotations

import base64
import hashlib
import json
import multiprocessing
import os
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

import lmlib
from book._tools.chapters import BUILD, ROOT
from book._tools.progress import SignOfLife
from lmlib.evaluation import evaluate
from lmlib.recipes import HIDDEN_SIZE, RECIPES, published_batches, train_published

FOLDER = BUILD / "static" / "play"
SEED = 1
# Each with the recipe that it is trained by.
MODELS = {f"LMModel{n}": n for n in RECIPES} | {"PointerSentinelLM": 7}


def path_of(name: str) -> Path:
    return FOLDER / f"{name}.js"


def export() -> int:
    """Train the models whose scripts are not of the present state; return how many."""
    mark = _mark()
    todo = [name for name in MODELS if not _is_from(path_of(name), mark)]
    if todo:
        FOLDER.mkdir(parents=True, exist_ok=True)
        spawn = multiprocessing.get_context("spawn")
        sign = SignOfLife("training the models to play with")
        with sign, ProcessPoolExecutor(os.cpu_count(), mp_context=spawn) as pool:
            list(pool.map(_write, reversed(todo), [mark] * len(todo)))  # the longest first
    return len(todo)


def load(name: str) -> tuple[nn.Module, dict[str, Any]]:
    """Return a model with the weights of its script, in eval mode, and all the script says."""
    _, _, call = path_of(name).read_text(encoding="utf-8").partition(f'lm.add("{name}", ')
    said = json.loads(call.strip().removesuffix(");"))
    return _model(name, said), said


def _write(name: str, mark: str) -> None:
    torch.set_num_threads(1)
    torch.manual_seed(SEED)
    recipe = MODELS[name]
    _, valid, vocab = published_batches(recipe)
    fresh = getattr(lmlib, name)(len(vocab), HIDDEN_SIZE)
    model, _ = train_published(recipe, fresh, progress=False)
    weights = model.state_dict()
    if model.h_o.weight is model.i_h.weight:  # tied: once is enough
        del weights["h_o.weight"]
    said: dict[str, Any] = {
        "seed": SEED,
        "words": vocab.words,
        "parameters": sum(p.numel() for p in model.parameters()),
        "weights": {key: pack(value) for key, value in weights.items()},
    }
    said["accuracy"] = evaluate(_model(name, said), valid)["accuracy"]
    partial = path_of(name).with_suffix(".part")
    partial.write_text(f'// {mark}\nlm.add("{name}", {json.dumps(said)});\n', encoding="utf-8")
    partial.replace(path_of(name))


def pack(tensor: Tensor) -> dict[str, Any]:
    """Round to whole numbers from −127 to 127, with one scale for all."""
    scale = tensor.abs().max().clamp_min(1e-9) / 127
    values = (tensor / scale).round().to(torch.int8)
    text = base64.b64encode(values.numpy().tobytes()).decode()
    return {"shape": list(tensor.shape), "scale": scale.item(), "values": text}


def unpack(packed: dict[str, Any]) -> Tensor:
    """Return the rounded tensor."""
    values = torch.frombuffer(bytearray(base64.b64decode(packed["values"])), dtype=torch.int8)
    return (values * torch.tensor(packed["scale"])).view(packed["shape"])


def _model(name: str, said: dict[str, Any]) -> Any:
    model = getattr(lmlib, name)(len(said["words"]), HIDDEN_SIZE)
    weights = {key: unpack(packed) for key, packed in said["weights"].items()}
    weights.setdefault("h_o.weight", weights["i_h.weight"])
    model.load_state_dict(weights)
    return model.eval()


def _mark() -> str:
    """A hash of all that the weights depend on."""
    digest = hashlib.sha256()
    for path in [Path(__file__), *sorted((ROOT / "lmlib").glob("*.py"))]:
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _is_from(script: Path, mark: str) -> bool:
    return script.is_file() and script.read_text(encoding="utf-8").startswith(f"// {mark}\n")
