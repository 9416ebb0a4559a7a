"""The models that readers play with: what is exported, and that a page can carry it."""

import gzip
from pathlib import Path

import pytest
import torch

from book._tools import weights
from lmlib.evaluation import evaluate
from lmlib.recipes import published_batches
from tests import needs

LIMIT = 400_000  # bytes, for everything that is loaded on demand


def test_rounding_moves_no_weight_by_more_than_half_a_step() -> None:
    torch.manual_seed(0)
    for tensor in (100 * torch.randn(5, 64), torch.randn(30)):
        step = tensor.abs().max() / 127
        rounded = weights.unpack(weights.pack(tensor))
        assert rounded.shape == tensor.shape
        assert ((rounded - tensor).abs() <= 0.501 * step).all()
    assert not weights.unpack(weights.pack(torch.zeros(3, 4))).any()


def test_only_models_of_another_state_are_trained(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(weights, "FOLDER", tmp_path)
    monkeypatch.setattr(weights, "MODELS", {"LMModel1": 1})
    monkeypatch.setattr(weights, "ProcessPoolExecutor", None)  # nothing may be trained
    (tmp_path / "LMModel1.js").write_text(f"// {weights._mark()}\n", encoding="utf-8")
    assert weights.export() == 0
    (tmp_path / "LMModel1.js").write_text("// another state\n", encoding="utf-8")
    with pytest.raises(TypeError):
        weights.export()


@pytest.mark.needs("site")
@pytest.mark.parametrize("name", weights.MODELS)
def test_the_accuracy_shown_is_that_of_the_rounded_weights(name: str) -> None:
    model, said = weights.load(name)
    _, valid, vocab = published_batches(weights.MODELS[name])
    assert said["words"] == vocab.words
    assert said["parameters"] == sum(p.numel() for p in model.parameters())
    assert said["accuracy"] == pytest.approx(evaluate(model, valid)["accuracy"], abs=1e-3)


@pytest.mark.needs("site")
def test_all_that_is_loaded_on_demand_is_small() -> None:
    served = [needs.SITE / "_static" / "play" / f"{name}.js" for name in weights.MODELS]
    served += [needs.SITE / "_static" / file for file in ("play/models.js", "explore/play.js")]
    contents = [path.read_bytes() for path in served]
    assert sum(map(len, contents)) < LIMIT
    assert sum(len(gzip.compress(content)) for content in contents) < 0.8 * LIMIT
