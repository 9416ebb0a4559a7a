import numpy as np
import torch


def numericalize(lines):
    tokens = np.array(" . ".join([line.strip() for line in lines]).split())
    words, first, places = np.unique(tokens, return_index=True, return_inverse=True)
    order = np.argsort(first)
    rank = np.argsort(order)
    return torch.from_numpy(rank[places]).long(), [str(word) for word in words[order]]


def batches_in_order(ids, batch_size, seq_len):
    n = (len(ids) - 1) // batch_size
    x = ids[: n * batch_size].reshape(batch_size, n)
    y = ids[1 : n * batch_size + 1].reshape(batch_size, n)
    starts = range(0, n - seq_len + 1, seq_len)
    return [(x[:, i : i + seq_len], y[:, i : i + seq_len]) for i in starts]


def decode(ids, vocab):
    return " ".join(np.array(vocab)[ids.numpy()])
