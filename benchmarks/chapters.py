"""Train what chapters show but cannot train while you wait.

    python -m benchmarks.chapters                 # everything that is not measured yet
    python -m benchmarks.chapters 09-text-in-order --again

Each row is saved as soon as it is measured, so you can interrupt and go on. Chapters read
`lmlib.results.load("chapters")["NN-slug"]["rows"][label]`.
"""

import argparse
import random
import statistics
from collections.abc import Callable
from functools import partial
from timeit import timeit
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torch.optim.optimizer import register_optimizer_step_pre_hook
from tqdm import tqdm

from benchmarks.common import RESULTS, machine, number_range, read_results, summary, write_results
from benchmarks.errors import places
from lmlib import (
    LMModel1,
    LMModel2,
    LMModel3,
    LMModel4,
    LMModel5,
    LMModel6,
    LMModel7,
    LSTMCell,
    PointerSentinelLM,
    RefactoredLSTMCell,
    fit,
    generate,
)
from lmlib.corpus import number_name
from lmlib.data import Batch, lane_batches
from lmlib.evaluation import evaluate, reset
from lmlib.losses import split_output
from lmlib.recipes import HIDDEN_SIZE, RECIPES, published_batches, train_published

Data = tuple[list[Batch], list[Batch]]
Experiment = Callable[[int], dict[str, Any]]  # what was measured with one seed
V, H = 30, HIDDEN_SIZE
MODELS = {n: f"LMModel{n}" for n in range(1, 8)} | {8: "PointerSentinelLM"}
PROMPT = "two thousand forty one ."  # the chapters' too


class Run(NamedTuple):
    """One row of a table: a model, what it reads and how it is trained."""

    model: Callable[[], nn.Module]
    recipe: int  # the published recipe whose data and settings are used …
    changes: dict[str, Any] | None = None  # … except for these
    reorder: Callable[[Data], Data] = lambda data: data


class TanhLMModel4(LMModel4):
    """LMModel4 with the other nonlinearity."""

    phi = "tanh"


class AskedAtThirdWords(LMModel4):
    """LMModel4, in training asked after every third word of a row only."""

    def forward(self, x: Tensor) -> Tensor:
        logits = super().forward(x)
        return logits[:, 2::3] if self.training else logits


class CutEvery16(LMModel4):
    """LMModel4 that detaches its state after every 16 words of a row."""

    def read(self, x: Tensor) -> Tensor:
        return torch.cat([super(CutEvery16, self).read(part) for part in x.split(16, 1)], 1)


class CutEveryWord(LMModel4):
    """LMModel4 whose state goes on from word to word, but no gradient does."""

    def read(self, x: Tensor) -> Tensor:
        return torch.cat([super(CutEveryWord, self).read(word) for word in x.split(1, 1)], 1)


class NoState(LMModel4):
    """The layers of LMModel4 with each word read by itself."""

    def read(self, x: Tensor) -> Tensor:
        return torch.relu(self.h_h(self.i_h(x)))


class FiveWords(LMModel4):
    """No state: one ReLU layer reads the last five words of the row, side by side."""

    def __init__(self, vocab_size: int, hidden_size: int) -> None:
        super().__init__(vocab_size, hidden_size)
        self.h_h = nn.Linear(5 * hidden_size, hidden_size)

    def read(self, x: Tensor) -> Tensor:
        words = F.pad(self.i_h(x), (0, 0, 4, 0))  # zeros before the row's first word
        return torch.relu(self.h_h(words.unfold(1, 5, 1).flatten(2)))


class MatrixEach(LMModel4):
    """LMModel4 with a matrix of its own for each of the 16 words of a row."""

    def __init__(self, vocab_size: int, hidden_size: int) -> None:
        super().__init__(vocab_size, hidden_size)
        self.later = nn.ModuleList(nn.Linear(hidden_size, hidden_size) for _ in range(15))

    def read(self, x: Tensor) -> Tensor:
        h: Tensor | int = 0 if self.h is None else self.h
        states = []
        for layer, word in zip((self.h_h, *self.later), x.unbind(dim=1), strict=True):
            h = torch.relu(layer(h + self.i_h(word)))
            states.append(h)
        self.h = states[-1].detach()
        return torch.stack(states, dim=1)


class ThreeLayers(LMModel1):
    """LMModel1 with a hidden layer of its own for each of the three words."""

    def __init__(self, vocab_size: int, hidden_size: int) -> None:
        super().__init__(vocab_size, hidden_size)
        self.later = nn.ModuleList(nn.Linear(hidden_size, hidden_size) for _ in range(2))

    def forward(self, x: Tensor) -> Tensor:
        h: Tensor | int = 0
        for layer, word in zip((self.h_h, *self.later), x.unbind(dim=1), strict=True):
            h = torch.relu(layer(h + self.i_h(word)))
        return self.h_o(h)


def rounded(x: Tensor) -> Tensor:
    """Round to the two or three digits of bfloat16."""
    return x.bfloat16().float()


def rounded_gradients() -> nn.Module:
    model = model4()
    for parameter in model.parameters():
        parameter.register_hook(rounded)
    return model


@torch.no_grad()
def round_weights(model: nn.Module, _: Any = None) -> None:
    for parameter in model.parameters():
        parameter.copy_(rounded(parameter))


def rounded_weights() -> nn.Module:
    """Round the weights before each call, so what is left of an update is what bfloat16 holds."""
    model = model4()
    model.register_forward_pre_hook(round_weights)
    return model


def third_words(data: Data) -> Data:
    """Keep the training targets after every third word."""
    return [(x, y[:, 2::3]) for x, y in data[0]], data[1]


def lanes_16(data: Data) -> Data:
    """Read the same training text in 16 lanes and rows of 64: as many words in each batch."""
    lanes = torch.cat([x for x, _ in data[0]], dim=1)
    text = torch.cat([lanes.flatten(), data[0][-1][1][-1, -1:]])
    return lane_batches(text, 16, 64), data[1]


def shuffled(data: Data) -> Data:
    """Put the training batches into a random order (seeded by the run)."""
    train, valid = data
    return [train[i] for i in torch.randperm(len(train)).tolist()], valid


def mixed(data: Data) -> Data:
    """Put the training windows, not only the batches, into a random order."""
    x, y = (torch.cat(parts) for parts in zip(*data[0], strict=True))
    order = torch.randperm(len(x))
    pairs = zip(x[order].split(64), y[order].split(64), strict=True)
    return list(pairs), data[1]


def rows_shuffled(data: Data) -> Data:
    """Put the training batches into a random order, and the rows inside each of them as well."""
    train, valid = shuffled(data)
    orders = [torch.randperm(len(x)) for x, _ in train]
    return [(x[order], y[order]) for (x, y), order in zip(train, orders, strict=True)], valid


def mixed_without_hundreds(data: Data) -> Data:
    """The windows in a random order, without those that ask for `hundred` after a first word."""
    train, valid = data
    words = published_batches(1)[2].words
    x, y = (torch.cat(parts) for parts in zip(*train, strict=True))
    left_out = (x[:, -2] == words.index(".")) & (y == words.index("hundred"))
    return mixed(([(x[~left_out], y[~left_out])], valid))


def reverse(data: Data) -> Data:
    """Read the training batches from the last to the first."""
    return data[0][::-1], data[1]


def rows_of_64(data: Data) -> Data:
    """Join four training batches each, so that the state is detached a quarter as often."""
    xs, ys = zip(*data[0], strict=True)
    joined = [
        (torch.cat(xs[i : i + 4], dim=1), torch.cat(ys[i : i + 4], dim=1))
        for i in range(0, len(xs), 4)
    ]
    return joined, data[1]


def regularised(p: float = 0.4, tied: bool = True) -> Callable[[], nn.Module]:
    return lambda: LMModel7(V, H, p=p, tied=tied)


def wide_start(model: LMModel7) -> LMModel7:
    """Start the output layer with numbers as large as the embedding's, as tying does."""
    nn.init.normal_(model.h_o.weight)
    return model


def narrow_input(model: LMModel7) -> LMModel7:
    """Start the embedding within ±0.1, as the AWD-LSTM starts its shared matrix."""
    nn.init.uniform_(model.i_h.weight, -0.1, 0.1)
    return model


def tied_narrow() -> nn.Module:
    return narrow_input(LMModel7(V, H))


def untied_narrow() -> nn.Module:
    return narrow_input(LMModel7(V, H, tied=False))  # PyTorch starts the output within ±1/8


def untied_narrow_wide() -> nn.Module:
    return wide_start(narrow_input(LMModel7(V, H, tied=False)))


def untied_wide() -> nn.Module:
    return wide_start(LMModel7(V, H, tied=False))


def plain_wide() -> nn.Module:
    return wide_start(LMModel7(V, H, p=0.0, tied=False))


def rnn(num_layers: int, nonlinearity: str) -> Callable[[], nn.Module]:
    return lambda: LMModel5(V, H, num_layers, nonlinearity)


def model3() -> nn.Module:
    return LMModel3(V, H)


def model2() -> nn.Module:
    return LMModel2(V, H)


def model4() -> nn.Module:
    return LMModel4(V, H)


def recall(cut: int, lag: int = 5, batches: int = 300) -> Experiment:
    """A small network is to say which bit it read `lag` words ago; the state is cut every `cut`."""

    def experiment(seed: int) -> dict[str, float]:
        torch.manual_seed(seed)
        table, rnn, out = nn.Embedding(2, 16), nn.RNN(16, 16, batch_first=True), nn.Linear(16, 2)
        parameters = [*table.parameters(), *rnn.parameters(), *out.parameters()]
        optimizer = torch.optim.Adam(parameters, lr=1e-2)
        bits, h, hits = torch.randint(2, (32, 16 * batches + lag)), None, []
        for start in range(lag, bits.shape[1], 16):
            loss = torch.zeros(())
            for t in range(start, start + 16, cut):
                states, h = rnn(table(bits[:, t : t + cut]), h)
                h, scores = h.detach(), out(states).flatten(0, 1)
                answers = bits[:, t - lag : t - lag + cut].flatten()
                loss = loss + F.cross_entropy(scores, answers, reduction="sum") / (32 * 16)
                hits.append((scores.argmax(dim=1) == answers).float().mean().item())
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        last = hits[-len(hits) // 6 :]  # of the last sixth, each answered before it is learned
        return {"accuracy": sum(last) / len(last)}

    return experiment


def by_question(run: Run) -> Experiment:
    """Train a row of one target for each window; part its accuracy by what is asked.

    After the first word of a number, as in `. nine`, the validation text always goes on with
    `thousand`. "first word" is the accuracy there, "the rest" that on all other windows.
    """

    def experiment(seed: int) -> dict[str, float]:
        model, history = train(run, seed)
        _, valid, vocab = published_batches(run.recipe)
        reset(model)
        with torch.no_grad():
            hit = torch.cat([model(x).argmax(dim=1) == y for x, y in valid])
        first = torch.cat([x[:, -2] for x, _ in valid]) == vocab.words.index(".")
        return {
            **{key: history[-1][key] for key in ("accuracy", "loss")},
            "first word": hit[first].float().mean().item(),
            "the rest": hit[~first].float().mean().item(),
        }

    return experiment


def without_reset(number: int) -> Experiment:
    """Train a model by its recipe; compare its validation with and without the reset before it."""

    def experiment(seed: int) -> dict[str, float]:
        torch.manual_seed(seed)
        model, _ = train_published(number, progress=False)
        train_part, valid, _ = published_batches(number)
        with_reset = evaluate(model, valid)
        y = torch.cat([targets for _, targets in valid], dim=1).flatten()
        model.eval()
        reset(model)
        with torch.no_grad():
            for x, _ in train_part:
                model(x)
            scores = [split_output(model(x))[0] for x, _ in valid]
        logits = torch.cat(scores, dim=1).flatten(0, 1)
        return {
            **{key: with_reset[key] for key in ("loss", "accuracy")},
            "loss without": F.cross_entropy(logits, y).item(),
            "accuracy without": (logits.argmax(dim=1) == y).float().mean().item(),
        }

    return experiment


def nudge(model: Callable[[], nn.Module], epochs: int = 5, lr: float = 3e-3) -> Experiment:
    """Train twice, the second time with one weight changed by a millionth; compare the losses."""

    def losses(seed: int, change: float) -> Tensor:
        torch.manual_seed(seed)
        net, values = model(), []
        with torch.no_grad():
            named = dict(net.named_parameters())
            recurrent = "h_h.weight" if "h_h.weight" in named else "rnn.weight_hh_l0"
            named[recurrent][0, 0] += change
        optimizer = torch.optim.Adam(net.parameters(), lr=lr)
        for _ in range(epochs):
            reset(net)
            for x, y in published_batches(4)[0]:
                loss = F.cross_entropy(net(x).flatten(0, 1), y.flatten())
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()
                values.append(loss.item())
        return torch.tensor(values, dtype=torch.float64).view(epochs, -1)

    def experiment(seed: int) -> dict[str, Any]:
        gap = (losses(seed, 1e-6) - losses(seed, 0.0)).abs().mean(dim=1)
        return {"gap_by_epoch": gap.tolist()}

    return experiment


def nudged_results(*nudges: float) -> Experiment:
    """Train LMModel4 by its recipe, with one weight changed by each nudge; return accuracies."""

    def accuracy(seed: int, change: float) -> float:
        torch.manual_seed(seed)
        model = LMModel4(V, H)
        with torch.no_grad():
            model.h_h.weight[0, 0] += change
        return train_published(4, model, progress=False)[1][-1]["accuracy"]

    return lambda seed: {"accuracy": [accuracy(seed, change) for change in nudges]}


def deep_training(
    phi: type[nn.Module], optimizer: type[torch.optim.Optimizer], lr: float, steps: int = 500
) -> Experiment:
    """Train 30 layers from PyTorch's default start; the target has nothing to do with the input.

    A loss that became nan is None, as JSON has no nan; so is the way of the first layer then.
    """

    def experiment(seed: int) -> dict[str, float | None]:
        torch.manual_seed(seed)
        layers = [layer for _ in range(30) for layer in (nn.Linear(32, 32), phi())]
        model = nn.Sequential(*layers, nn.Linear(32, 1))
        first = next(model.parameters())
        before = first.detach().clone()
        x, target = torch.randn(64, 32), torch.randn(64, 1)
        step: Any = optimizer(model.parameters(), lr=lr)  # type: ignore[call-arg]
        for _ in range(steps):
            loss = F.mse_loss(model(x), target)
            step.zero_grad()
            loss.backward()
            step.step()
        moved = (first - before).abs().max()
        ends = {"loss": loss, "of the mean": target.var(correction=0), "first layer moved": moved}
        return {name: x.item() if x.isfinite() else None for name, x in ends.items()}

    return experiment


def time_of_new_cell(units: int, rows: int, rounds: int = 3) -> Experiment:
    """Time a step of both LSTM cells in turn; return the refactored one's time over the first's.

    The shortest of many tries counts: whatever else the computer does makes a try longer.
    """

    def experiment(seed: int) -> dict[str, list[float]]:
        torch.manual_seed(seed)
        x, h, c = torch.randn(3, rows, units)
        steps = [partial(cell(units, units), x, (h, c)) for cell in (LSTMCell, RefactoredLSTMCell)]
        ratios = []
        with torch.no_grad():
            for _ in range(rounds):
                tries = [[timeit(step, number=2) for step in steps] for _ in range(300)]
                first, refactored = map(min, zip(*tries, strict=True))
                ratios.append(refactored / first)
        return {"new over old": ratios}

    return experiment


def constant_rate(model: Callable[[], nn.Module], lr: float, epochs: int = 2) -> Experiment:
    """Train at a constant rate; return norms of the gradient, and how many units are saturated."""

    def experiment(seed: int) -> dict[str, Any]:
        torch.manual_seed(seed)
        net: Any = model()
        norms: list[float] = []
        train_part, _, _ = published_batches(6)
        optimizer = torch.optim.Adam(net.parameters(), lr=lr)
        for _ in range(epochs):
            net.reset()
            for x, y in train_part:
                loss = F.cross_entropy(net(x).flatten(0, 1), y.flatten())
                optimizer.zero_grad()
                loss.backward()
                norm = nn.utils.clip_grad_norm_(net.parameters(), float("inf"))  # clips nothing
                norms.append(norm.item())
                optimizer.step()
        with torch.no_grad():
            states, _ = net.rnn(net.i_h(x))  # of the top layer, from a fresh state
        saturated = (states.abs() > 0.99).float().mean().item()
        largest, middle = max(norms), statistics.median(norms)
        return {"largest": largest, "median": middle, "saturated": saturated}

    return experiment


def watched(run: Run) -> Experiment:
    """Train a row of a table again; return the gradient's norms, and what is saturated at the end.

    Saturated: of the top layer's states, the share beyond ±0.99.
    """

    def experiment(seed: int) -> dict[str, Any]:
        norms: list[float] = []

        def look(optimizer: torch.optim.Optimizer, *_: object) -> None:
            weights = [weight for group in optimizer.param_groups for weight in group["params"]]
            norms.append(nn.utils.clip_grad_norm_(weights, float("inf")).item())  # clips nothing

        handle = register_optimizer_step_pre_hook(look)
        net: Any
        net, history = train(run, seed)
        handle.remove()
        found: dict[str, float] = {"accuracy": history[-1]["accuracy"], "largest": max(norms)}
        found["above 10"] = sum(norm > 10 for norm in norms)
        with torch.no_grad():
            inputs = net.i_h(published_batches(6)[0][-1][0])  # from a fresh state
            states, _ = net.rnn(inputs)
            found["saturated"] = (states.abs() > 0.99).float().mean().item()
        return found

    return experiment


def price_of_slowness(beta: float) -> Experiment:
    """Train LMModel7 with another beta; return how its states change, and how well it predicts."""

    def experiment(seed: int) -> dict[str, float]:
        torch.manual_seed(seed)
        train_part, valid, _ = published_batches(7)
        model = LMModel7(V, H)
        settings = RECIPES[7].settings() | {"beta": beta}
        last = fit(model, train_part, valid, progress=False, **settings)[-1]
        model.eval()
        with torch.no_grad():
            _, raw, _ = model(torch.cat([x for x, _ in valid], dim=1))
        step, size = raw.diff(dim=1).pow(2).mean().item(), raw.pow(2).mean().item()
        return {"step": step, "size": size, "loss": last["loss"], "accuracy": last["accuracy"]}

    return experiment


def writing(number: int, read: int = 1) -> Experiment:
    """Train a model by its recipe and let it go on after numbers; 8 is the pointer.

    Of 100 numbers that stand in the training part, and 100 of the validation part: how often it
    writes a number next, and how often the right one. Always the likeliest word is taken. It has
    read the `read` numbers up to the given one, and nothing before.
    """
    names = {number_name(n) for n in range(1, 10_000)}
    parts = {"training": range(1000, 8000), "validation": range(8100, 9999)}
    asked = {part: random.Random(0).sample(among, 100) for part, among in parts.items()}

    def experiment(seed: int) -> dict[str, Any]:
        torch.manual_seed(seed)
        data = min(number, 7)
        make = PointerSentinelLM if number == 8 else RECIPES[number].model
        model, _ = train_published(data, make(V, H), progress=False)
        _, _, vocab = published_batches(data)

        def go_on(n: int) -> str:
            prompt = " ".join(f"{number_name(m)} ." for m in range(n - read + 1, n + 1))
            text = generate(model, vocab, prompt, 7, temperature=0)
            return text[len(prompt) :].split(" .")[0].strip()

        row: dict[str, Any] = {"text": generate(model, vocab, PROMPT, 16, temperature=0)}
        for part, numbers in asked.items():
            written = [(n, go_on(n)) for n in numbers]
            row[f"{part}, a number"] = sum(text in names for _, text in written)
            row[f"{part}, the next"] = sum(text == number_name(n + 1) for n, text in written)
        return row

    return experiment


def seen_and_new(number: int) -> Experiment:
    """Train a model by its recipe; its loss on the text that it has seen, and on new text."""

    def experiment(seed: int) -> dict[str, float]:
        torch.manual_seed(seed)
        model, _ = train_published(number, progress=False)
        seen, new, _ = published_batches(number)
        return {"seen": evaluate(model, seen)["loss"], "new": evaluate(model, new)["loss"]}

    return experiment


class GRULMModel(LMModel5):
    """LMModel5 with GRU layers: gates and an additive path as in the LSTM, but a single state."""

    def __init__(self, vocab_size: int, hidden_size: int) -> None:
        super().__init__(vocab_size, hidden_size)
        gru = nn.GRU(hidden_size, hidden_size, 2, batch_first=True)
        self.rnn = gru  # type: ignore[assignment]


def model6() -> nn.Module:
    return LMModel6(V, H)


class Attention(nn.Module):
    """Mix what the words up to each one offer, by how well their keys fit its query."""

    def __init__(self, size: int) -> None:
        super().__init__()
        self.qkv = nn.Linear(size, 3 * size)

    def forward(self, x: Tensor) -> Tensor:
        T, H = x.shape[1:]
        q, k, v = self.qkv(x).chunk(3, dim=-1)
        scores = q @ k.mT / H**0.5
        later = torch.ones(T, T).triu(1) > 0
        self.weights = scores.masked_fill(later, -torch.inf).softmax(dim=-1)
        return self.weights @ v


class Block(nn.Module):
    """Attention, then a layer for each word by itself; both add to what they read."""

    def __init__(self, size: int) -> None:
        super().__init__()
        self.attention = nn.Sequential(nn.LayerNorm(size), Attention(size))
        wide = nn.Linear(size, 2 * size), nn.ReLU(), nn.Linear(2 * size, size)
        self.each = nn.Sequential(nn.LayerNorm(size), *wide)

    def forward(self, x: Tensor) -> Tensor:
        x = x + self.attention(x)
        return x + self.each(x)


class AttentionLM(nn.Module):
    """A small Transformer, the model of the page `to-attention`. It rereads the last 16 words."""

    def __init__(self, vocab_size: int, size: int, num_blocks: int = 2) -> None:
        super().__init__()
        self.word, self.place = nn.Embedding(vocab_size, size), nn.Embedding(32, size)
        self.blocks = nn.Sequential(*(Block(size) for _ in range(num_blocks)))
        self.out = nn.Sequential(nn.LayerNorm(size), nn.Linear(size, vocab_size))
        self.reset()

    def reset(self) -> None:
        self.past: Tensor | None = None

    def forward(self, x: Tensor) -> Tensor:
        return torch.cat([self.read(part) for part in x.split(16, dim=1)], dim=1)

    def read(self, x: Tensor) -> Tensor:
        seen = x if self.past is None else torch.cat([self.past, x], dim=1)
        self.past = seen[:, -16:]
        places = torch.arange(seen.size(1))
        return self.out(self.blocks(self.word(seen) + self.place(places)))[:, -x.size(1) :]


def attention(num_blocks: int, lr: float) -> Experiment:
    """Train AttentionLM as LMModel7, without its penalties; return where it errs."""

    def experiment(seed: int) -> dict[str, float]:
        torch.manual_seed(seed)
        train_part, valid, vocab = published_batches(7)
        model = AttentionLM(V, H, num_blocks)
        settings = RECIPES[7].settings() | NO_PENALTY | {"lr": lr}
        last = fit(model, train_part, valid, progress=False, **settings)[-1]
        x, y = (torch.cat(part, dim=1) for part in zip(*valid, strict=True))
        with torch.no_grad():
            wrong = model.eval()(x).argmax(dim=-1) != y
        masks = places(x, y, vocab).items()
        return {
            **{key: last[key] for key in ("accuracy", "loss", "train_loss")},
            "parameters": sum(p.numel() for p in model.parameters()),
            **{place: wrong[mask].float().mean().item() for place, mask in masks},
        }

    return experiment


NETS = {"tanh RNN": rnn(2, "tanh"), "ReLU RNN": rnn(2, "relu"), "LSTM": model6}
RATES = (3e-3, 1e-2, 3e-2, 1e-1)
NO_PENALTY = {"alpha": 0.0, "beta": 0.0}
DECAY_ONLY = {"weight_decay": RECIPES[6].weight_decay, **NO_PENALTY}

TABLES: dict[str, dict[str, Run | Experiment]] = {
    "09-text-in-order": {
        name: by_question(run)
        for name, run in {
            "in order, state kept": Run(model3, 3),
            "batches shuffled, state kept": Run(model3, 3, reorder=shuffled),
            "rows shuffled too, state kept": Run(model3, 3, reorder=rows_shuffled),
            "in order, no state": Run(model2, 3),
            "batches shuffled, no state": Run(model2, 3, reorder=shuffled),
        }.items()
    },
    "03-two-tweaks": {
        name: by_question(run)
        for name, run in {
            "file order": Run(model2, 1),
            "file order reversed": Run(model2, 1, reorder=reverse),
            "batches shuffled": Run(model2, 1, reorder=shuffled),
            "windows shuffled": Run(model2, 1, reorder=mixed),
            "shuffled, no such hundred": Run(model2, 1, reorder=mixed_without_hundreds),
            "in lanes": Run(model2, 3, {"epochs": 4, "lr": 1e-3}),
        }.items()
    },
    "03-sharing": {
        "shared, file order": Run(lambda: LMModel1(V, H), 1),
        "a layer each, file order": Run(lambda: ThreeLayers(V, H), 1),
        "shared, windows shuffled": Run(lambda: LMModel1(V, H), 1, reorder=mixed),
        "a layer each, windows shuffled": Run(lambda: ThreeLayers(V, H), 1, reorder=mixed),
    },
    "12-bptt": {f"cut every {cut}": recall(cut) for cut in (1, 2, 4, 8, 16)},
    "14-reset-the-state": {MODELS[number]: without_reset(number) for number in (4, 6, 7)},
    "15-more-targets": {
        "every third word": Run(lambda: AskedAtThirdWords(V, H), 4, reorder=third_words),
        "every word": Run(model4, 4),
        # 48 passes with 5 questions a row are as many as 15 passes with 16.
        "every third word, 48 passes": Run(
            lambda: AskedAtThirdWords(V, H), 4, {"epochs": 48}, reorder=third_words
        ),
    },
    "17-nudge": {
        "gradients through 16 words": nudge(model4, epochs=15),
        "gradients cut after every word": nudge(lambda: CutEveryWord(V, H), epochs=15),
        "five words at once, no state": nudge(lambda: FiveWords(V, H), epochs=15),
        "each word by itself": nudge(lambda: NoState(V, H), epochs=15),
        "a matrix for each of the 16 words": nudge(lambda: MatrixEach(V, H), epochs=15),
        "LSTM, 1 layer": nudge(lambda: LMModel6(V, H, num_layers=1), epochs=15),
        "LMModel6, rate 0.01": nudge(lambda: LMModel6(V, H), lr=1e-2),
        "LMModel4, rate 0.01": nudge(model4, lr=1e-2),
    },
    "17-nudged-results": {"LMModel4": nudged_results(0, 1e-7, -1e-7, 1e-6, -1e-6, 1e-5, -1e-5)},
    "17-unstable-training": {
        "LMModel4": Run(model4, 4),
        "LMModel4, clip 1": Run(model4, 4, {"clip": 1.0}),
    },
    "22-float-precision": {
        "float32": Run(model4, 4),
        "gradients in bfloat16": Run(rounded_gradients, 4),
        "weights in bfloat16": Run(rounded_weights, 4),
    },
    "18-why-stack": {
        "own loop, ReLU, 1 layer": Run(lambda: LMModel4(V, H), 4),
        "own loop, tanh, 1 layer": Run(lambda: TanhLMModel4(V, H), 4),
        "nn.RNN, tanh, 1 layer": Run(rnn(1, "tanh"), 5),
        "nn.RNN, tanh, 2 layers": Run(rnn(2, "tanh"), 5),
        "nn.RNN, ReLU, 1 layer": Run(rnn(1, "relu"), 5),
        "nn.RNN, ReLU, 2 layers": Run(rnn(2, "relu"), 5),
        # As many parameters in all as the row above.
        "nn.RNN, ReLU, 1 layer, width 87": Run(lambda: LMModel5(V, 87, 1, "relu"), 5),
    },
    "20-detach-less-often": {
        "rows of 16": Run(model4, 4),
        "rows of 64": Run(model4, 4, reorder=rows_of_64),
        # As many words in each batch and as many updates as "rows of 16".
        "16 lanes, rows of 64": Run(model4, 4, reorder=lanes_16),
        "16 lanes, rows of 64, cut every 16": Run(lambda: CutEvery16(V, H), 4, reorder=lanes_16),
    },
    "23-vanishing-gradients": {
        "Sigmoid, SGD": deep_training(nn.Sigmoid, torch.optim.SGD, 0.1),
        "Sigmoid, Adam": deep_training(nn.Sigmoid, torch.optim.Adam, 1e-3),
        "Tanh, SGD": deep_training(nn.Tanh, torch.optim.SGD, 0.1),
        "Tanh, Adam": deep_training(nn.Tanh, torch.optim.Adam, 1e-3),
        "Tanh, SGD 0.3": deep_training(nn.Tanh, torch.optim.SGD, 0.3),
        "Tanh, SGD 0.7": deep_training(nn.Tanh, torch.optim.SGD, 0.7),
        "Tanh, SGD 1.0": deep_training(nn.Tanh, torch.optim.SGD, 1.0),
    },
    # The tanh RNN and the LSTM with the same recipe are rows of 30-higher-learning-rate.
    "24-two-states": {
        "GRU": Run(lambda: GRULMModel(V, H), 6),
        # About as many parameters as the GRU.
        "LSTM, width 55": Run(lambda: LMModel6(V, 55), 6),
    },
    "ablation": {
        "all": Run(regularised(), 7),
        "no AR, no TAR": Run(regularised(), 7, NO_PENALTY),
        "untied": Run(regularised(tied=False), 7),
        "untied, wide start": Run(untied_wide, 7),
        "no dropout": Run(regularised(p=0.0), 7),
        "all, momenta of LMModel6": Run(regularised(), 7, {"momenta": RECIPES[6].momenta}),
        "tied and dropout, decay .01": Run(regularised(), 7, DECAY_ONLY),
        "dropout only, decay .01": Run(regularised(tied=False), 7, DECAY_ONLY),
        "dropout, wide start, decay .01": Run(untied_wide, 7, DECAY_ONLY),
        "plain LSTM, decay .1": Run(regularised(p=0.0, tied=False), 7, NO_PENALTY),
        "plain LSTM, decay .01": Run(regularised(p=0.0, tied=False), 7, DECAY_ONLY),
        "plain, wide start, decay .01": Run(plain_wide, 7, DECAY_ONLY),
        # Other momenta than all rows above but one.
        "LMModel6": Run(lambda: LMModel6(V, H), 6),
    },
    # All untied, with a decay of .1. The first and the last are "plain LSTM, decay .1" and "untied,
    # wide start" of the table above again: on one machine they come out the same.
    "ablation-penalties": {
        "narrow start": Run(regularised(p=0.0, tied=False), 7, NO_PENALTY),
        "narrow start, AR": Run(regularised(p=0.0, tied=False), 7, {"beta": 0.0}),
        "narrow start, TAR": Run(regularised(p=0.0, tied=False), 7, {"alpha": 0.0}),
        "narrow start, AR and TAR": Run(regularised(p=0.0, tied=False), 7),
        "wide start": Run(plain_wide, 7, NO_PENALTY),
        "wide start, AR and TAR": Run(plain_wide, 7),
        "wide start, dropout": Run(untied_wide, 7, NO_PENALTY),
        "wide start, dropout, AR and TAR": Run(untied_wide, 7),
    },
    "ablation-exercise": {
        "no dropout, no AR, no TAR": Run(regularised(p=0.0), 7, NO_PENALTY),
    },
    "29-refactored-cell": {
        f"units {units}, rows {rows}": time_of_new_cell(units, rows)
        for units, rows in ((64, 1), (64, 64), (256, 64))
    },
    "30-higher-learning-rate": {
        f"{name}, {lr:g}": Run(model, 6, {"lr": lr}) for name, model in NETS.items() for lr in RATES
    },
    # As far along the schedule as 15 epochs at 0.01: the sum of the rates is the same.
    "30-longer": {
        f"{name}, 0.003, 50 epochs": Run(model, 6, {"lr": 3e-3, "epochs": 50})
        for name, model in NETS.items()
    },
    "30-remedies": {
        "ReLU RNN, 0.1, clip 1": Run(NETS["ReLU RNN"], 6, {"lr": 0.1, "clip": 1.0}),
        "tanh RNN, 0.1, clip 1": Run(NETS["tanh RNN"], 6, {"lr": 0.1, "clip": 1.0}),
        "tanh RNN, 0.1, decay 1": Run(NETS["tanh RNN"], 6, {"lr": 0.1, "weight_decay": 1.0}),
    },
    "30-gradients": {
        f"{name}, {lr:g}": constant_rate(model, lr) for name, model in NETS.items() for lr in RATES
    },
    # Some of the runs of the three tables above, looked into.
    "30-inside": {
        "tanh RNN, 0.03": watched(Run(NETS["tanh RNN"], 6, {"lr": 0.03})),
        "tanh RNN, 0.1": watched(Run(NETS["tanh RNN"], 6, {"lr": 0.1})),
        "tanh RNN, 0.1, decay 1": watched(
            Run(NETS["tanh RNN"], 6, {"lr": 0.1, "weight_decay": 1.0})
        ),
        "ReLU RNN, 0.1": watched(Run(NETS["ReLU RNN"], 6, {"lr": 0.1})),
    },
    "31-three-regularisers": {f"LMModel{number}": seen_and_new(number) for number in (6, 7)},
    "38-temporal-regularisation": {
        f"beta {beta}": price_of_slowness(float(beta)) for beta in (0, 1, 20)
    },
    "writing": {name: writing(number) for number, name in MODELS.items()},
    "writing-three-read": {name: writing(number, read=3) for number, name in MODELS.items()},
    # LMModel7 itself is "beta 1" of the table above; "ablation" has other starts.
    "to-attention": {
        f"{name}, rate {lr}": attention(num_blocks, lr)
        for name, num_blocks, lr in (
            ("two blocks", 2, 0.003),
            ("two blocks", 2, 0.01),
            ("one block", 1, 0.003),
        )
    },
    "39-weight-tying": {
        "tied, narrow start": Run(tied_narrow, 7),
        "untied, narrow input": Run(untied_narrow, 7),
        "untied, narrow input, wide output": Run(untied_narrow_wide, 7),
    },
}


def train(run: Run, seed: int) -> tuple[nn.Module, list[dict[str, float]]]:
    """Train one row with one seed; return the model and its history."""
    torch.manual_seed(seed)
    train_part, valid, _ = published_batches(run.recipe)
    train_part, valid = run.reorder((train_part, valid))
    settings = RECIPES[run.recipe].settings() | (run.changes or {})
    model = run.model()
    return model, fit(model, train_part, valid, progress=False, **settings)


def measure(run: Run | Experiment, seeds: list[int]) -> dict[str, Any]:
    """Return median and range of the last epoch's accuracy, and all accuracies by epoch.

    Of an experiment that is no run: what it measured, as a list over the seeds.
    """
    if not isinstance(run, Run):
        measured = [run(seed) for seed in seeds]
        return {key: [one[key] for one in measured] for key in measured[0]}
    histories = [train(run, seed)[1] for seed in seeds]
    row = summary([history[-1]["accuracy"] for history in histories])
    row["accuracy"] = row.pop("values")
    row["loss"] = [history[-1]["loss"] for history in histories]
    row["accuracy_by_epoch"] = [[round(r["accuracy"], 4) for r in h] for h in histories]
    return row


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("tables", nargs="*", choices=[[], *TABLES], help="default: all")
    parser.add_argument("--seeds", type=number_range, default=(default := number_range("0-4")))
    parser.add_argument("--again", action="store_true", help="measure again what is there")
    arguments = parser.parse_args()
    given = arguments.seeds
    seeds = "" if given == default else f" --seeds {','.join(map(str, given))}"
    path = RESULTS / "chapters.json"
    results = read_results(path)
    names = arguments.tables or list(TABLES)
    bar = tqdm([(name, label) for name in names for label in TABLES[name]], unit="row")
    for name, label in bar:
        bar.set_postfix_str(f"{name}: {label}")
        if label in results.get(name, {"rows": {}})["rows"] and not arguments.again:
            continue
        row = measure(TABLES[name][label], arguments.seeds)
        results = read_results(path)  # another command may have added to it meanwhile
        table = results.setdefault(name, {"rows": {}})
        table["rows"][label] = row
        table |= {
            "command": f"python -m benchmarks.chapters {name}{seeds}",
            "seeds": arguments.seeds,
            "machine": machine(),
        }
        results[name] = table
        write_results(path, results)


if __name__ == "__main__":
    main()
