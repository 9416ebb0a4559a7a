import sys
import warnings

import torch

warnings.warn("be careful")
print("loading", file=sys.stderr)


def numericalize(lines):
    tokens = [w for line in lines for w in [*line.split(), "."]][:-1]
    vocab = list(dict.fromkeys(tokens))
    table = {w: torch.tensor(i) for i, w in enumerate(vocab)}
    return torch.stack([table[t] for t in tokens]), vocab


def batches_in_order(ids, batch_size, seq_len):
    x = ids[:-1].clone()
    y = ids[1:].clone()
    L = len(x) // batch_size
    x, y = (s[: L * batch_size].reshape(batch_size, L) for s in (x, y))
    return [(a, b) for a, b in zip(x.split(seq_len, 1), y.split(seq_len, 1)) if a.shape[1] == seq_len]


def decode(ids, vocab):
    import numpy as np

    return " ".join(np.array(vocab, dtype=object)[ids.numpy()])
