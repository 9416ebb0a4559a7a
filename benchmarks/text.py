"""Train AWD-LSTM on real English, beside fastai's AWD_LSTM of equal size and budget.

    python -m benchmarks.text         # writes results/text.json

The text is the prose that every CPython carries as `pydoc_data.topics`: no download. Both models
read the same batches and are trained with the same schedule, decay, AR and TAR. lmlib is also
timed with its matrix products in bfloat16, which only some processors have.
"""

import argparse
import time
import warnings
from collections.abc import Callable
from functools import partial
from pydoc_data.topics import topics
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from tqdm import tqdm

from benchmarks.common import RESULTS, Journal, machine, number_range, summary, write_results
from lmlib import AWDLSTM, Vocab, fit, lane_batches
from lmlib.data import Batch
from lmlib.text import UNK, numericalize, tokenize

EMBED, HIDDEN, LAYERS = 128, 256, 2
DROP: dict[str, float] = {
    "embed_p": 0.05,
    "input_p": 0.3,
    "weight_p": 0.3,
    "hidden_p": 0.2,
}
OUTPUT_P = 0.2
BATCH_SIZE, SEQ_LEN, MIN_FREQ = 32, 35, 3
SETTINGS: dict[str, Any] = {
    "epochs": 4,
    "lr": 3e-2,  # of 5e-3 to 8e-2 the best for either library, with seeds 100 to 102
    "weight_decay": 0.05,
    "alpha": 2.0,
    "beta": 1.0,
}
MOMENTA = (0.8, 0.7, 0.8)


def corpus() -> tuple[list[Batch], list[Batch], Vocab]:
    """Return batches of nine topics out of ten, batches of the tenth, and the vocabulary."""
    names = sorted(topics)
    held_out = names[::10]
    train, valid = (
        [token for name in part for token in tokenize(topics[name])]
        for part in ([name for name in names if name not in held_out], held_out)
    )
    ids, vocab = numericalize(train, MIN_FREQ)
    valid_ids, _ = numericalize(valid, vocab=vocab)
    return (
        lane_batches(ids, BATCH_SIZE, SEQ_LEN),
        lane_batches(valid_ids, BATCH_SIZE, SEQ_LEN),
        vocab,
    )


def run_lmlib(
    train: list[Batch], valid: list[Batch], vocab: Vocab, bfloat16: bool = False
) -> dict[str, float]:
    model = AWDLSTM(len(vocab), EMBED, HIDDEN, LAYERS, **DROP, output_p=OUTPUT_P)
    start = time.perf_counter()
    last = fit(model, train, valid, momenta=MOMENTA, progress=False, bfloat16=bfloat16, **SETTINGS)[
        -1
    ]
    return {"perplexity": last["perplexity"], "seconds": time.perf_counter() - start}


def run_fastai(train: list[Batch], valid: list[Batch], vocab: Vocab) -> dict[str, float]:
    import fastai.callback.schedule  # noqa: F401  # gives Learner its fit_one_cycle
    from fastai.callback.rnn import rnn_cbs
    from fastai.learner import Learner

    learn = Learner(
        _loaders(train, valid),
        _fastai_model(len(vocab)),
        loss_func=_loss,
        cbs=rnn_cbs(SETTINGS["alpha"], SETTINGS["beta"]),
    )
    start = time.perf_counter()
    with warnings.catch_warnings(), learn.no_bar(), learn.no_logging():
        warnings.simplefilter("ignore")
        learn.fit_one_cycle(
            SETTINGS["epochs"], SETTINGS["lr"], wd=SETTINGS["weight_decay"], moms=MOMENTA
        )
    perplexity = torch.tensor(learn.recorder.values[-1][1]).exp().item()
    return {"perplexity": perplexity, "seconds": time.perf_counter() - start}


def _fastai_model(vocab_size: int) -> nn.Module:
    """Return fastai's AWD_LSTM with its decoder; the padding word it asks for is one more."""
    from fastai.text.models.awdlstm import AWD_LSTM
    from fastai.text.models.core import LinearDecoder, SequentialRNN

    encoder = AWD_LSTM(vocab_size + 1, EMBED, HIDDEN, LAYERS, pad_token=vocab_size, **DROP)
    decoder = LinearDecoder(vocab_size + 1, EMBED, OUTPUT_P, tie_encoder=encoder.encoder)
    return SequentialRNN(encoder, decoder)


def _loss(logits: Tensor, targets: Tensor) -> Tensor:
    return F.cross_entropy(logits.flatten(0, 1), targets.flatten())


def _loaders(train: list[Batch], valid: list[Batch]) -> Any:
    from fastai.data.core import DataLoaders

    parts = []
    for batches in (train, valid):
        xs, ys = (torch.cat(part) for part in zip(*batches, strict=True))
        parts.append(list(zip(xs, ys, strict=True)))
    return DataLoaders.from_dsets(*parts, bs=BATCH_SIZE, shuffle=False, drop_last=True)


def describe(train: list[Batch], valid: list[Batch], vocab: Vocab) -> dict[str, Any]:
    """Return what was read, and the perplexity of the training text's word frequencies."""
    seen = torch.cat([y.flatten() for _, y in train])
    asked = torch.cat([y.flatten() for _, y in valid])
    counts = torch.bincount(seen, minlength=len(vocab)) + 1.0
    chance = (counts / counts.sum()).log()
    return {
        "train_words": len(seen),
        "valid_words": len(asked),
        "vocab_size": len(vocab),
        "valid_unknown": round((asked == vocab.words.index(UNK)).double().mean().item(), 4),
        "unigram_perplexity": round((-chance[asked].mean()).exp().item(), 1),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=number_range, default=number_range("0-4"))
    arguments = parser.parse_args()
    path = RESULTS / "text.json"
    data = corpus()
    journal = Journal(path)
    done = {(run["library"], run["seed"]): run for run in journal.runs}
    trainers: dict[str, Callable[..., dict[str, float]]] = {
        "lmlib": run_lmlib,
        "lmlib, bfloat16": partial(run_lmlib, bfloat16=True),
        "fastai": run_fastai,
    }
    plan = [(library, seed) for seed in arguments.seeds for library in trainers]
    for library, seed in tqdm([each for each in plan if each not in done], unit="run"):
        torch.manual_seed(seed)
        done[library, seed] = {"library": library, "seed": seed, **trainers[library](*data)}
        journal.add(done[library, seed])
    tables = {
        key: {name: summary([done[name, seed][key] for seed in arguments.seeds])
              for name in trainers}
        for key in ("perplexity", "seconds")
    }  # fmt: skip
    about = {"command": "python -m benchmarks.text", "machine": machine()}
    runs = [done[each] for each in plan]
    write_results(path, about | {"text": describe(*data), **tables, "runs": runs})
    journal.close()
    print({key: {name: each["median"] for name, each in t.items()} for key, t in tables.items()})


if __name__ == "__main__":
    main()
