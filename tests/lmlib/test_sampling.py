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
        (("", 3), ValueError, "holds no word"),
        (("a", -1), ValueError, "length is -1"),
        (("a d", 1), KeyError, "word d:"),
        ((["a"], 1), TypeError, r"prompt is \['a'\]; it must be a string"),
        (("a", 1.5), TypeError, "length is 1.5"),
    ],
)
def test_bad_prompts(as_a_user, trained, arguments, error, message):
    with pytest.raises(error, match=message):
        generate(trained, VOCAB, *arguments)


@pytest.mark.parametrize(
    ("changes", "error", "message"),
    [
        ({"temperature": -0.1}, ValueError, "temperature is -0.1; it must be at least 0"),
        ({"temperature": float("nan")}, ValueError, "temperature is nan"),
        ({"temperature": "hot"}, TypeError, "temperature is 'hot'"),
        ({"seed": -1}, ValueError, "seed is -1"),
        ({"seed": 2**70}, ValueError, "it must be from 0 to 18446744073709551615"),
        ({"vocab": ["a", "b", "c"]}, TypeError, "it must be a Vocab"),
        ({"vocab": Vocab(["a", "b"])}, ValueError, "predicts 3 words, the vocabulary has 2"),
        ({"model": None}, TypeError, "model is None; give a model"),
    ],
)
def test_bad_settings(as_a_user, trained, changes, error, message):
    with pytest.raises(error, match=message):
        generate(**{"model": trained, "vocab": VOCAB, "prompt": "a", "length": 3} | changes)


@pytest.mark.parametrize("temperature", [1e-3, 1e-45, 5e-324])
def test_a_temperature_near_0_takes_the_likeliest_word(trained, temperature):
    got = generate(trained, VOCAB, "a b", 6, temperature=temperature, seed=0)
    assert got == "a b c a b c a b"


@pytest.mark.parametrize("temperature", [0, 1.0])
@pytest.mark.parametrize("bias", [float("nan"), float("inf")])
def test_broken_weights_are_not_written_down(temperature, bias):
    model = LMModel4(3, 8)
    torch.nn.init.constant_(model.h_o.bias, bias)
    with pytest.raises(FloatingPointError, match=r"largest score is (nan|inf)"):
        generate(model, VOCAB, "a", 3, temperature=temperature)
    assert model.training


def test_a_word_that_cannot_come_does_not_come():
    model = LMModel4(3, 8)
    with torch.no_grad():
        model.h_o.bias[2] = -float("inf")
    assert "c" not in generate(model, VOCAB, "a", 50, temperature=50.0, seed=0)


def test_a_prompt_that_is_too_short():
    with pytest.raises(ValueError, match="reads 3 at a time"):
        generate(LMModel1(3, 8), VOCAB, "a b", 1)
