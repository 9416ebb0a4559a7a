import pytest
import torch

from lmlib import LMModel1, LMModel2, LMModel4, LMModel7, Vocab, fit, generate, lane_batches

VOCAB = Vocab(["a", "b", "c"])
ABC = torch.arange(300) % 3


@pytest.fixture(scope="module")
def trained():
    torch.manual_seed(0)
    model = LMModel4(3, 8)
    fit(model, lane_batches(ABC, 4, 6), epochs=12, lr=0.05, progress=False)
    return model


def test_a_trained_model_writes_its_language(trained):
    assert generate(trained, VOCAB, "a b", 6, temperature=0) == "a b c a b c a b"
    assert generate(trained, VOCAB, "c", 4, seed=0) == "c a b c a"


def test_a_seed_repeats_and_temperature_spreads(trained):
    first = generate(trained, VOCAB, "a", 40, temperature=50.0, seed=1)
    assert first == generate(trained, VOCAB, "a", 40, temperature=50.0, seed=1)
    assert first != generate(trained, VOCAB, "a", 40, temperature=50.0, seed=2)
    assert first.split().count("a") < 30


@pytest.mark.parametrize("model", [LMModel1, LMModel2, LMModel7])
def test_every_kind_of_model_writes(model):
    net = model(3, 8)
    assert len(generate(net, VOCAB, "a b c a", 5).split()) == 9
    assert net.training
    assert net.h is None if hasattr(net, "h") else True


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        (("", 3), ValueError, "0 words"),
        (("a", -1), ValueError, "length -1"),
        (("a d", 1), KeyError, "word d:"),
    ],
)
def test_bad_prompts(trained, arguments, error, message):
    with pytest.raises(error, match=message):
        generate(trained, VOCAB, *arguments)


def test_a_prompt_that_is_too_short():
    with pytest.raises(ValueError, match="reads 3 at a time"):
        generate(LMModel1(3, 8), VOCAB, "a b", 1)
