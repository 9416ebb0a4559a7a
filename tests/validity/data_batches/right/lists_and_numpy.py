import numpy as np
import torch


def numericalize(lines):
    tokens = " . ".join(map(str.strip, lines)).split()
    _, first, inverse = np.unique(tokens, return_index=True, return_inverse=True)
    rank = np.argsort(np.argsort(first))
    vocab = [tokens[i] for i in sorted(first)]
    return torch.from_numpy(rank[inverse.reshape(-1)].astype(np.int64)), vocab


def batches_in_order(ids, batch_size, seq_len):
    a = np.asarray(ids)
    count = (len(a) - 1) // (batch_size * seq_len)
    rows = [a[r * count * seq_len : (r + 1) * count * seq_len + 1] for r in range(batch_size)]
    result = []
    for b in range(count):
        x = np.stack([row[b * seq_len : (b + 1) * seq_len] for row in rows])
        y = np.stack([row[b * seq_len + 1 : (b + 1) * seq_len + 1] for row in rows])
        result.append([torch.from_numpy(x), torch.from_numpy(y)])
    return result


def decode(ids, vocab):
    return " ".join(vocab[i] for i in ids)
