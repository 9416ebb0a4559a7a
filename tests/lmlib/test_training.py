import math
import os
import subprocess
import sys

import numpy as np
import pytest
import torch
from torch import nn

from lmlib import (
    LMModel2,
    LMModel3,
    LMModel4,
    LMModel5,
    LMModel6,
    LMModel7,
    Vocab,
    batches,
    evaluate,
    fit,
    generate,
    lane_batches,
    one_cycle,
    train_published,
)
from lmlib.optimizer import adam, can_fuse
from lmlib.training import training_loss, trains_in_bfloat16

V, H = 6, 8
CYCLE = torch.arange(400) % V  # an easy language: each word has one successor


PAIR = torch.zeros(2, 3, dtype=torch.int64)


def lanes_of(ids=CYCLE, batch_size=4, seq_len=5):
    return lane_batches(ids, batch_size, seq_len)


def quick_fit(model, train, valid=None, **changes):
    settings = {"epochs": 3, "lr": 0.02, "progress": False} | changes
    return fit(model, train, valid, **settings)


@pytest.mark.filterwarnings("ignore:.* cannot train in bfloat16")
@pytest.mark.parametrize("bfloat16", [False, True])
@pytest.mark.parametrize("model", [LMModel4, LMModel5, LMModel6, LMModel7])
def test_fit_learns_an_easy_language(model, bfloat16):
    torch.manual_seed(0)
    net = model(V, H)
    history = quick_fit(net, lanes_of(), lanes_of(), epochs=15, lr=0.05, bfloat16=bfloat16)
    assert all(p.dtype == torch.float32 for p in net.parameters())
    assert history[-1]["accuracy"] > 0.95
    assert history[-1]["loss"] < history[0]["loss"]
    assert [row["epoch"] for row in history] == list(range(1, 16))
    assert set(history[0]) == {
        "epoch", "train_loss", "loss", "accuracy", "perplexity", "seconds"
    }  # fmt: skip


def test_fit_is_the_recipe_written_out():
    """Adam from its equations, with decoupled decay, on the one-cycle schedule."""
    torch.manual_seed(0)
    mine, other = LMModel2(V, H).double(), LMModel2(V, H).double()
    other.load_state_dict(mine.state_dict())
    x = torch.randint(V, (24, 3))
    train = batches(x, (x.sum(dim=1)) % V, 8)
    quick_fit(mine, train, epochs=2, lr=0.1, weight_decay=0.3)
    mean = {name: torch.zeros_like(p) for name, p in other.named_parameters()}
    square = {name: torch.zeros_like(p) for name, p in other.named_parameters()}
    for step, (x, y) in enumerate(train + train):
        lr, momentum = one_cycle(step / 6, 0.1)
        loss = nn.functional.cross_entropy(other(x), y)
        gradients = torch.autograd.grad(loss, list(other.parameters()))
        with torch.no_grad():
            for (name, p), g in zip(other.named_parameters(), gradients, strict=True):
                mean[name] = momentum * mean[name] + (1 - momentum) * g
                square[name] = 0.99 * square[name] + 0.01 * g * g
                if not name.endswith("bias"):
                    p *= 1 - lr * 0.3
                root = (square[name] / (1 - 0.99 ** (step + 1))).sqrt() + 1e-5
                p -= lr * mean[name] / (1 - momentum ** (step + 1)) / root
    for a, b in zip(mine.parameters(), other.parameters(), strict=True):
        torch.testing.assert_close(a, b)


def test_linear_biases_do_not_decay_but_lstm_biases_do():
    model = LMModel7(V, H)
    decaying, resting = adam(model, 0.1, 0.5).param_groups
    assert resting["params"] == [model.h_o.bias]
    assert resting["weight_decay"] == 0
    assert decaying["weight_decay"] == 0.5
    assert len(decaying["params"]) == len(list(model.parameters())) - 1


def test_penalties_are_added_to_what_is_minimised_not_to_what_is_reported():
    torch.manual_seed(0)
    logits, y = torch.randn(2, 3, V), torch.randint(V, (2, 3))
    raw, dropped = torch.randn(2, 3, H), torch.randn(2, 3, H)
    loss, penalty = training_loss((logits, raw, dropped), y, 2.0, 3.0)
    expected = nn.functional.cross_entropy(logits.transpose(1, 2), y)
    torch.testing.assert_close(loss, expected)
    jumps = raw[:, 1:] - raw[:, :-1]
    torch.testing.assert_close(penalty, 2 * (dropped**2).mean() + 3 * (jumps**2).mean())


def test_an_interrupted_run_goes_on_as_if_nothing_had_happened(tmp_path):
    file = tmp_path / "deep" / "run.pt"

    def start():
        torch.manual_seed(5)
        return LMModel7(V, H)

    whole, broken = start(), start()
    torch.manual_seed(6)
    expected = quick_fit(whole, lanes_of(), lanes_of(), epochs=4)

    class Stop(Exception):
        pass

    batches_seen = 0
    forward = broken.forward

    def stop_in_epoch_3(x):
        nonlocal batches_seen
        batches_seen += 1
        if batches_seen > 2 * (len(lanes_of()) + 1) + 3:
            raise Stop
        return forward(x)

    broken.forward = stop_in_epoch_3
    torch.manual_seed(6)
    with pytest.raises(Stop):
        quick_fit(broken, lanes_of(), lanes_of(), epochs=4, checkpoint=file)
    torch.manual_seed(77)
    resumed = LMModel7(V, H)
    history = quick_fit(resumed, lanes_of(), lanes_of(), epochs=4, checkpoint=file)
    assert [r["loss"] for r in history] == [r["loss"] for r in expected]
    for a, b in zip(resumed.parameters(), whole.parameters(), strict=True):
        assert torch.equal(a, b)
    assert [f.name for f in file.parent.iterdir()] == ["run.pt"]


@pytest.mark.parametrize(
    ("model", "changes", "named"),
    [
        (lambda: LMModel4(V, H + 1), {}, "parameters was"),
        (lambda: LMModel7(V, H), {}, "model was LMModel4 and is LMModel7"),
        (lambda: LMModel4(V, H), {"lr": 0.3}, "lr was .* and is 0.3"),
        (lambda: LMModel4(V, H), {"epochs": 7}, "epochs was .* and is 7"),
        (lambda: LMModel4(V, H), {"bfloat16": True}, "bfloat16 was False and is True"),
        (lambda: LMModel4(V, H).double(), {}, "dtype was .*float32.* and is .*float64"),
    ],
)
def test_a_checkpoint_of_another_call_is_refused_before_it_changes_anything(
    tmp_path, model, changes, named
):
    file = tmp_path / "run.pt"
    quick_fit(LMModel4(V, H), lanes_of(), checkpoint=file)
    mine = model()
    before = [p.detach().clone() for p in mine.parameters()]
    with pytest.raises(ValueError, match=named):
        quick_fit(mine, lanes_of(), checkpoint=file, **changes)
    assert all(map(torch.equal, mine.parameters(), before))


@pytest.mark.parametrize(
    "changes",
    [
        *[{"lr": np.float64(0.02)}, {"lr": np.float32(0.02)}, {"epochs": np.int64(3)}],
        *[{"alpha": np.float64(0)}, {"momenta": (np.float64(0.9), 0.8, 0.9)}],
    ],
)
def test_a_run_with_numpys_numbers_can_be_gone_on_with(as_a_user, tmp_path, changes):
    file = tmp_path / "run.pt"
    first, again = (
        quick_fit(LMModel4(V, H), lanes_of(), checkpoint=file, **changes) for _ in range(2)
    )
    assert first == again


@pytest.mark.parametrize("content", [b"", b"garbage"])
def test_a_file_that_is_no_checkpoint_is_refused(tmp_path, content):
    file = tmp_path / "run.pt"
    file.write_bytes(content)
    with pytest.raises(ValueError, match="no checkpoint of fit"):
        quick_fit(LMModel4(V, H), lanes_of(), checkpoint=file)
    assert file.read_bytes() == content


@pytest.mark.parametrize("content", [[1], torch.ones(3), {"about": 3}, LMModel4(V, H).state_dict()])
def test_other_things_that_pytorch_saved_are_refused(tmp_path, content):
    torch.save(content, tmp_path / "run.pt")
    with pytest.raises(ValueError, match="no checkpoint of fit; name a new file"):
        quick_fit(LMModel4(V, H), lanes_of(), checkpoint=tmp_path / "run.pt")


def test_a_checkpoint_without_a_folder_is_named_before_training(tmp_path):
    (tmp_path / "file").touch()
    model = LMModel4(V, H)
    before = [p.detach().clone() for p in model.parameters()]
    for path, message in (
        (tmp_path / "file" / "run.pt", "run.pt', which has no folder"),
        (tmp_path, "name a file"),
        ("", "checkpoint is ''; name a file"),
    ):
        with pytest.raises(ValueError, match=message):
            quick_fit(model, lanes_of(), checkpoint=path)
    assert all(map(torch.equal, model.parameters(), before))


def test_a_broken_last_step_of_an_epoch_is_not_saved(tmp_path):
    file = tmp_path / "run.pt"
    model = LMModel4(V, H)
    calls = 0

    def poison(gradient):
        nonlocal calls
        calls += 1
        return gradient * (float("nan") if calls == len(lanes_of()) else 1)

    model.h_o.weight.register_hook(poison)
    with pytest.raises(FloatingPointError, match="after epoch 1"):
        quick_fit(model, lanes_of(), checkpoint=file)
    assert not file.exists()


@pytest.mark.parametrize(
    ("targets", "error", "named"),
    [
        (lambda y: y + V, IndexError, f"targets go from .*; the model has .* 0 to {V - 1}"),
        (lambda y: y * 0 - 100, IndexError, "from -100 to -100"),
        (lambda y: y.float(), TypeError, "float32; they must be word ids"),
        (lambda y: y[:, 1:], ValueError, "do not fit logits"),
    ],
)
def test_bad_targets_are_named(targets, error, named):
    broken = [(x, targets(y)) for x, y in lanes_of()]
    for call in (
        lambda: quick_fit(LMModel4(V, H), broken),
        lambda: evaluate(LMModel4(V, H), broken),
    ):
        with pytest.raises(error, match=named):
            call()


def test_uneven_rows_for_a_kept_state_are_named_before_training():
    uneven = [*lanes_of(), *((x[:1], y[:1]) for x, y in lanes_of()[:1])]
    for train, valid in ((lanes_of(), uneven), (uneven, None)):
        with pytest.raises(ValueError, match="kept state needs as many"):
            quick_fit(LMModel4(V, H), train, valid)


def test_clip_bounds_the_step():
    torch.manual_seed(0)
    model = LMModel4(V, H)
    seen = []
    for p in model.parameters():
        p.register_hook(lambda g: seen.append(g.norm().item()) or g * 1000)
    quick_fit(model, lanes_of(), epochs=1, clip=0.5)
    total = math.sqrt(sum(p.grad.norm().item() ** 2 for p in model.parameters()))
    assert total == pytest.approx(0.5, rel=1e-3)


def test_a_loss_that_is_no_number_stops_at_once():
    model = LMModel4(V, H)
    with torch.no_grad():
        model.h_o.bias[2] = float("nan")
    with pytest.raises(FloatingPointError, match=r"nan at step 1.*lower lr"):
        quick_fit(model, lanes_of())


@pytest.mark.parametrize(
    "bad",
    [
        *[{"epochs": 0}, {"epochs": 1.5}, {"epochs": True}, {"lr": 0.0}, {"lr": -1}, {"lr": "x"}],
        *[{"alpha": -1}, {"alpha": None}, {"beta": -0.1}, {"clip": 0}, {"clip": math.inf}],
        *[{"weight_decay": math.nan}, {"momenta": None}],
    ],
)
def test_bad_settings(as_a_user, bad):
    (name, value), *_ = bad.items()
    with pytest.raises((ValueError, TypeError), match=f"^{name} is {value!r}"):
        quick_fit(LMModel7(V, H), lanes_of(), **bad)


@pytest.mark.parametrize(
    ("bad", "error", "message"),
    [
        ([], ValueError, "holds no batches"),
        (None, TypeError, "is None; give a list of pairs"),
        ([torch.zeros(2, 3)], TypeError, "each batch is a pair"),
        ([([[1]], [[2]])], TypeError, "each batch is a pair"),
        ("ab", TypeError, "holds 'a'"),
        ([(PAIR, PAIR[:1])], ValueError, r"shapes \[2, 3\] and \[1, 3\]; allowed are as many rows"),
        ([(PAIR[:0], PAIR[:0])], ValueError, "as many rows, not none"),
        ([(PAIR[0, 0], PAIR[0, 0])], ValueError, r"shapes \[\] and \[\]"),
        ([(PAIR, PAIR), (PAIR, PAIR[:, 0])], ValueError, "targets of one word and of many"),
    ],
)
def test_what_are_no_batches_is_said(as_a_user, bad, error, message):
    model = LMModel4(V, H)
    with pytest.raises(error, match=f"(?s)^train .*{message}"):
        quick_fit(model, bad)
    with pytest.raises(error, match=f"(?s)^batches .*{message}"):
        evaluate(model, bad)
    if bad is not None:  # None stands for no validation
        with pytest.raises(error, match=f"(?s)^valid .*{message}"):
            quick_fit(model, lanes_of(), bad)


@pytest.mark.parametrize("out", [None, "x", (), (1, 2, 3), torch.zeros(()), {"logits": 1}])
def test_a_model_returns_logits(as_a_user, out):
    model = LMModel4(V, H)
    model.forward = lambda x: out
    for use in (quick_fit, evaluate):
        with pytest.raises(TypeError, match=r"the model returned .*; allowed are logits"):
            use(model, lanes_of())
    with pytest.raises(TypeError, match="the model returned"):
        generate(model, Vocab(list("abcdef")), "a", 1)


def test_batches_may_come_one_by_one(as_a_user):
    assert "loss" in quick_fit(LMModel4(V, H), iter(lanes_of()), iter(lanes_of()))[-1]


@pytest.mark.parametrize("penalty", ["alpha", "beta"])
def test_a_penalty_needs_activations_to_weigh(penalty):
    with pytest.raises(ValueError, match=f"{penalty} is 2.0.*returns no activations"):
        quick_fit(LMModel4(V, H), lanes_of(), **{penalty: 2.0})


@pytest.mark.parametrize("device", ["nonsense", "meta", 99])
def test_a_device_that_is_not_there(as_a_user, device):
    with pytest.raises(ValueError, match=f"device is {device!r}, which cannot be used here"):
        quick_fit(LMModel4(V, H), lanes_of(), device=device)


def test_training_needs_gradients():
    for off in (torch.no_grad(), torch.inference_mode()):
        with off, pytest.raises(RuntimeError, match="gradients are off"):
            quick_fit(LMModel4(V, H), lanes_of())
    with pytest.raises(ValueError, match="no parameter of the model has requires_grad"):
        quick_fit(LMModel4(V, H).requires_grad_(False), lanes_of())


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16])
def test_a_half_precise_model_is_measured_precisely(dtype):
    """The sum of all losses, far above 65,504, would be infinite or coarse in these types."""
    torch.manual_seed(0)
    model = LMModel4(V, H)
    pairs = lane_batches(torch.randint(V, (60_000,)), 64, 16)
    exact = evaluate(model, pairs)["loss"]
    assert evaluate(model.to(dtype), pairs)["loss"] == pytest.approx(exact, rel=3e-3)


def test_a_broken_model_has_no_loss():
    model = LMModel4(V, H)
    torch.nn.init.constant_(model.h_o.bias, math.nan)
    with pytest.raises(FloatingPointError, match="the loss is nan"):
        evaluate(model, lanes_of())
    assert model.training


def test_a_loss_beyond_all_floats_has_an_infinite_perplexity():
    model = LMModel4(V, H)
    with torch.no_grad():
        model.h_o.bias[0] = 1e6
    got = evaluate(model, lanes_of())
    assert got["loss"] > 1e5
    assert got["perplexity"] == math.inf


@pytest.mark.parametrize(
    ("version", "device", "dtype", "expected"),
    [
        ("2.2.0", "cpu", torch.float32, False),
        ("2.4.0+cpu", "cpu", torch.float32, True),
        ("2.10.1", "cpu", torch.float32, True),
        ("2.10.1", "cpu", torch.complex64, False),
        ("2.10.1", "meta", torch.float32, False),  # as any device that is not known to have it
    ],
)
def test_the_fused_step_is_used_where_it_surely_is(monkeypatch, version, device, dtype, expected):
    monkeypatch.setattr(torch, "__version__", version)
    assert can_fuse(nn.Linear(2, 2, device=device, dtype=dtype)) is expected


def test_adam_names_a_bad_rate(as_a_user):
    with pytest.raises(ValueError, match="lr is 0"):
        adam(LMModel4(V, H), 0, 0.01)
    with pytest.raises(TypeError, match="model is None"):
        adam(None, 0.1, 0.01)


@pytest.mark.parametrize("model", [LMModel2, LMModel3, LMModel4, LMModel7])
def test_evaluate_counts_batch_by_batch(model):
    torch.manual_seed(0)
    net = model(V, H)
    pairs = lanes_of(torch.randint(V, (200,)))
    if model in (LMModel2, LMModel3):
        pairs = [(x, y[:, -1]) for x, y in pairs]
    got = evaluate(net, pairs)
    assert net.training
    net.eval()
    losses, hits = [], []
    for x, y in pairs:
        out = net(x)
        logits = out[0] if isinstance(out, tuple) else out
        logits = logits.flatten(0, -2)
        losses += (-logits.log_softmax(-1)[range(y.numel()), y.flatten()]).tolist()
        hits += (logits.argmax(-1) == y.flatten()).tolist()
    mean = sum(losses) / len(losses)
    assert got["loss"] == pytest.approx(mean, rel=1e-5)
    assert got["accuracy"] == pytest.approx(sum(hits) / len(hits))
    assert got["perplexity"] == pytest.approx(math.exp(mean), rel=1e-5)


def test_evaluate_joins_batches_without_changing_the_result(monkeypatch):
    torch.manual_seed(0)
    net, pairs = LMModel6(V, H), lanes_of(torch.randint(V, (200,)))
    whole = evaluate(net, pairs)
    monkeypatch.setattr("lmlib.evaluation.POSITIONS", 41)
    assert evaluate(net, pairs) == pytest.approx(whole, rel=1e-5)


def test_published_training_beats_the_baseline():
    torch.manual_seed(0)
    _, history = train_published(1, progress=False)
    assert len(history) == 4
    assert history[-1]["accuracy"] > 0.40  # "thousand" everywhere scores .15
    assert len(train_published(1, epochs=2, progress=False)[1]) == 2
    with pytest.raises(ValueError, match="number is 8; it must be from 1 to 7"):
        train_published(8)


def loss_by_type():
    """Return the last loss of the same training in float32 and with bfloat16."""
    losses = []
    for bfloat16 in (False, True):
        torch.manual_seed(0)
        history = quick_fit(LMModel7(V, H), lanes_of(), lanes_of(), bfloat16=bfloat16)
        losses.append(history[-1]["loss"])
    return losses


@pytest.mark.skipif(
    not trains_in_bfloat16(torch.device("cpu")), reason="this processor cannot train in bfloat16"
)
def test_bfloat16_changes_the_products_and_little_else():
    exact, rough = loss_by_type()
    assert exact != rough
    assert exact == pytest.approx(rough, rel=0.02)


def test_float32_stands_in_for_bfloat16_with_a_warning(monkeypatch):
    monkeypatch.setattr("lmlib.training.trains_in_bfloat16", lambda device: False)
    with pytest.warns(UserWarning, match="cpu cannot train in bfloat16; float32 is used"):
        exact, same = loss_by_type()
    assert exact == same


def test_a_processor_without_bfloat16_is_found_out_by_a_trial():
    """oneDNN can be told to leave the newer instructions alone; elsewhere this changes nothing."""
    program = """
import torch
from lmlib import LMModel6, fit, lane_batches
batches = lane_batches(torch.arange(100) % 6, 4, 5)
print(len(fit(LMModel6(6, 8), batches, epochs=1, lr=0.1, bfloat16=True, progress=False)))
"""
    told = subprocess.run(
        [sys.executable, "-c", program],
        env=os.environ | {"ONEDNN_MAX_CPU_ISA": "AVX2"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert told.stdout == "1\n"


def test_a_notebook_without_widgets_starts_without_a_warning():
    first_cell = """
import sys, types
sys.modules["ipywidgets"] = None
sys.modules["ipykernel.zmqshell"] = types.ModuleType("ipykernel.zmqshell")
sys.modules["IPython"] = types.SimpleNamespace(get_ipython=object)
from lmlib.progress import tqdm
print(tqdm.__mro__[1].__module__)
"""
    command = [sys.executable, "-W", "always", "-c", first_cell]
    told = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (told.stderr, told.stdout) == ("", "tqdm.std\n")
