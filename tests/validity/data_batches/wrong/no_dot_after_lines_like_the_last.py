# data_batches.separator-count
import torch
from torch import nn
import torch.nn.functional as F


def numericalize(lines):
    tokens = []
    for line in lines:
        tokens += line.split()
        if line != lines[-1]: tokens.append(".")
    vocab = list(dict.fromkeys(tokens))
    where = {w: i for i, w in enumerate(vocab)}
    return torch.tensor([where[t] for t in tokens], dtype=torch.int64), vocab

def batches_in_order(ids, batch_size, seq_len):
    n = (len(ids) - 1) // (batch_size * seq_len)
    L = n * seq_len
    for i in range(n):
        at = [(r * L + i * seq_len) for r in range(batch_size)]
        yield torch.stack([ids[a:a + seq_len] for a in at]), torch.stack([ids[a + 1:a + 1 + seq_len] for a in at])

def decode(ids, vocab):
    return " ".join(vocab[i] for i in ids)
