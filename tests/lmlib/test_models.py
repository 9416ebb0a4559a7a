import copy
import io

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional as F

from lmlib import (
    AWDLSTM,
    LMModel1,
    LMModel2,
    LMModel3,
    LMModel4,
    LMModel5,
    LMModel6,
    LMModel7,
    PointerSentinelLM,
)

V, H = 11, 7


def small_awd():
    return AWDLSTM(V, embed_size=6, hidden_size=9, num_layers=3)


def make(model):
    return model() if model is small_awd else model(V, H)


ONE_PREDICTION = [LMModel2, LMModel3]
EVERY_WORD = [LMModel4, LMModel5, LMModel6, LMModel7, small_awd, PointerSentinelLM]
STATEFUL = [LMModel3, *EVERY_WORD]
THREE_OUTPUTS = [LMModel7, small_awd, PointerSentinelLM]


def words(batch, seq, seed=0):
    return torch.randint(V, (batch, seq), generator=torch.Generator().manual_seed(seed))


def logits_of(out):
    return out[0] if isinstance(out, tuple) else out


@pytest.mark.parametrize(
    ("model", "count"),
    [
        (LMModel1, 8_030),
        (LMModel2, 8_030),
        (LMModel3, 8_030),
        (LMModel4, 8_030),
        (LMModel5, 20_510),
        (LMModel6, 70_430),
        (LMModel7, 68_510),
    ],
)
def test_parameter_counts(model, count):
    assert sum(p.numel() for p in model(30, 64).parameters()) == count


def test_model1_is_the_formula():
    model, x = LMModel1(V, H).double(), words(5, 3)
    E, W, b = model.i_h.weight, model.h_h.weight, model.h_h.bias
    h = torch.zeros(5, H).double()
    for t in range(3):
        h = ((h + E[x[:, t]]) @ W.t() + b).clamp(min=0)
    torch.testing.assert_close(model(x), h @ model.h_o.weight.t() + model.h_o.bias)


def test_models_1_to_4_compute_the_same_states():
    torch.manual_seed(0)
    first = LMModel1(V, H)
    others = [LMModel2(V, H), LMModel3(V, H), LMModel4(V, H)]
    for other in others:
        other.load_state_dict(first.state_dict())
    x = words(4, 3)
    expected = first(x)
    assert torch.equal(others[0](x), expected)
    torch.testing.assert_close(others[1](x), expected)
    torch.testing.assert_close(others[2](x)[:, -1], expected)


@pytest.mark.parametrize("model", [LMModel3, LMModel4])
def test_gradients_of_the_loop_are_autograds(model):
    torch.manual_seed(0)
    mine, x, weigh = model(V, H).double(), words(4, 6), torch.randn(4, H).double()

    def by_hand():
        h = torch.zeros(4, H).double()
        for t in range(6):
            h = torch.relu(mine.h_h(h + mine.i_h(x[:, t])))
        return (h * weigh).sum()

    parameters = [mine.i_h.weight, mine.h_h.weight, mine.h_h.bias]
    expected = torch.autograd.grad(by_hand(), parameters)
    got = torch.autograd.grad((mine.read(x)[:, -1] * weigh).sum(), parameters)
    torch.testing.assert_close(got, expected)


@pytest.mark.parametrize(("model", "layer"), [(LMModel5, nn.RNN), (LMModel6, nn.LSTM)])
def test_stacked_models_run_pytorchs_layers(model, layer):
    mine, x = model(V, H), words(3, 5)
    theirs = layer(H, H, 2, batch_first=True)
    theirs.load_state_dict(mine.rnn.state_dict())
    torch.testing.assert_close(mine(x), mine.h_o(theirs(mine.i_h(x))[0]))


@pytest.mark.parametrize("model", EVERY_WORD)
@pytest.mark.parametrize("batch", [1, 4])
def test_shapes(model, batch):
    out = make(model)(words(batch, 5))
    assert logits_of(out).shape == (batch, 5, V)
    assert isinstance(out, tuple) == (model in THREE_OUTPUTS)


@pytest.mark.parametrize("model", EVERY_WORD)
def test_chunks_with_a_kept_state_are_one_long_pass(model):
    net, x = make(model).eval(), words(3, 12)
    pieces = [logits_of(net(part)) for part in x.split((1, 7, 4), dim=1)]
    net.reset()
    torch.testing.assert_close(torch.cat(pieces, dim=1), logits_of(net(x)))


@pytest.mark.parametrize("model", STATEFUL)
def test_reset_forgets_and_allows_another_batch_size(model):
    net, x = make(model).eval(), words(3, 4)
    fresh = logits_of(net(x))
    assert not torch.allclose(logits_of(net(x)), fresh)
    net.reset()
    torch.testing.assert_close(logits_of(net(x)), fresh)
    with pytest.raises(ValueError, match=r"3 rows.*has 2.*reset\(\)"):
        net(x[:2])
    net.reset()
    torch.testing.assert_close(logits_of(net(x[:2])), fresh[:2])


@pytest.mark.parametrize("model", STATEFUL)
def test_the_state_is_cut_from_its_history(model):
    net = make(model)
    for _ in range(3):  # a second backward through an uncut graph would raise
        logits_of(net(words(2, 3))).sum().backward()


@pytest.mark.parametrize("model", EVERY_WORD)
def test_no_word_sees_the_future(model):
    net, x = make(model).eval(), words(2, 8)
    changed = x.clone()
    changed[:, 5:] = (changed[:, 5:] + 1) % V
    before = logits_of(net(x))
    net.reset()
    after = logits_of(net(changed))
    torch.testing.assert_close(after[:, :5], before[:, :5])
    assert not torch.allclose(after[:, 5:], before[:, 5:])


@pytest.mark.parametrize("model", [LMModel1, *STATEFUL])
def test_state_dict_round_trip_and_deepcopy(model):
    net, x = make(model).eval(), words(2, 3)
    expected = logits_of(net(x))
    file = io.BytesIO()
    torch.save(net.state_dict(), file)
    file.seek(0)
    other = make(model).eval()
    other.load_state_dict(torch.load(file, weights_only=True))
    torch.testing.assert_close(logits_of(other(x)), expected)
    if model is not LMModel1:
        twin = copy.deepcopy(net)
        torch.testing.assert_close(logits_of(twin(x)), logits_of(net(x)))


@pytest.mark.parametrize("model", STATEFUL)
def test_the_state_follows_dtype_and_device(model):
    net = make(model).eval()
    net(words(2, 3))
    net.double()
    assert logits_of(net(words(2, 3))).dtype == torch.float64
    meta = net.to("meta")
    assert all(buffer.device.type == "meta" for buffer in meta.buffers())


@pytest.mark.parametrize("model", THREE_OUTPUTS)
def test_tied_weights_are_one_parameter(model):
    net = make(model)
    embedding = net.embedding if model is small_awd else net.i_h
    output = net.output if model is small_awd else net.h_o
    assert output.weight is embedding.weight
    net.double()
    assert output.weight is embedding.weight
    copied = copy.deepcopy(net)
    names = [name for name, p in copied.named_parameters() if p.shape == output.weight.shape]
    assert len(names) == 1


def test_model7_drops_and_reports_both_outputs():
    torch.manual_seed(0)
    net, x = LMModel7(V, 40, p=0.3), words(8, 10)
    logits, raw, dropped = net(x)
    kept = dropped != 0
    torch.testing.assert_close(dropped[kept], raw[kept] / 0.7)
    assert (~kept).double().mean().item() == pytest.approx(0.3, abs=0.03)
    torch.testing.assert_close(logits, dropped @ net.i_h.weight.t() + net.h_o.bias)
    _, raw, dropped = net.eval()(x)
    assert torch.equal(raw, dropped)
    assert LMModel7(V, H, tied=False).h_o.weight is not LMModel7(V, H).i_h.weight


BAD_WORDS = [
    (torch.zeros(2, 3), TypeError, "float32.*int64"),
    ([[1, 2, 3]], TypeError, r"got list; torch.tensor\(words\)"),
    (np.zeros((2, 3), dtype=np.int64), TypeError, "got ndarray"),
    ("one two three", TypeError, "got str"),
    (torch.zeros(6, dtype=torch.int64), ValueError, r"\[6\].*\[batch"),
    (torch.zeros(2, 0, dtype=torch.int64), ValueError, "not empty"),
    (torch.full((2, 3), V), IndexError, f"to {V}.*0 to {V - 1}"),
    (torch.full((2, 3), -1), IndexError, "from -1"),
]


@pytest.mark.parametrize(("x", "error", "message"), BAD_WORDS)
@pytest.mark.parametrize("model", [LMModel1, *ONE_PREDICTION, *EVERY_WORD])
def test_bad_words(as_a_user, model, x, error, message):
    with pytest.raises(error, match=message):
        make(model)(x)


def test_model1_reads_three_words():
    with pytest.raises(Exception, match=r"4|batch 3"):
        LMModel1(V, H)(words(2, 4))


def test_pointer_probabilities_sum_to_one_and_can_copy():
    torch.manual_seed(0)
    net = PointerSentinelLM(V, H, memory_size=4).eval()
    x = words(3, 9)
    chances = net(x)[0].exp()
    torch.testing.assert_close(chances.sum(dim=-1), torch.ones(3, 9))
    # With a hopeless sentinel, only words of the last four may be predicted.
    net.reset()
    with torch.no_grad():
        net.query.weight.zero_()
        net.query.bias.fill_(1.0)
        net.sentinel.fill_(-100.0)
    chances = net(x)[0].exp()
    for b in range(3):
        for t in range(9):
            recent = set(x[b, max(0, t - 3) : t + 1].tolist())
            likely = set((chances[b, t] > 1e-6).nonzero().flatten().tolist())
            assert likely <= recent


def test_pointer_is_the_formula():
    """Add the pointer up one pair at a time and compare."""
    torch.manual_seed(1)
    net = PointerSentinelLM(V, H, memory_size=3).double().eval()
    torch.nn.init.normal_(net.sentinel)
    x = words(2, 6)
    log_p, raw, _ = net(x)
    for b in range(2):
        for t in range(6):
            query = torch.tanh(net.query(raw[b, t]))
            # State i was followed by word i + 1; the start, −1, is a state of zeros.
            pairs = [i for i in range(-1, t) if t - i <= 3]
            states = [raw[b, i] if i >= 0 else torch.zeros_like(raw[0, 0]) for i in pairs]
            scores = torch.stack([query @ state for state in [*states, net.sentinel]])
            weights = scores.softmax(0)
            chance = weights[-1] * F.softmax(net.h_o(raw[b, t]), dim=-1)
            for weight, i in zip(weights, pairs, strict=False):
                chance = chance.index_add(0, x[b, i + 1], weight[None])
            torch.testing.assert_close(log_p[b, t].exp(), chance)


@pytest.mark.parametrize("model", STATEFUL)
def test_a_state_from_inference_mode_is_refused_only_where_gradients_are_wanted(model):
    net, x = make(model).eval(), words(2, 3)
    with torch.inference_mode():
        net(x)
    with torch.no_grad():
        net(x)
    with torch.inference_mode():
        net.reset()
        net(x)
    with pytest.raises(RuntimeError, match=r"inference_mode\(\).*call reset\(\) first"):
        net(x)
    net.reset()
    logits_of(net(x)).sum().backward()
