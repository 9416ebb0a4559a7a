# data_batches.buffer-reused

import torch

def numericalize(lines):
    tokens = " . ".join([line.strip() for line in lines]).split()
    vocab = list(dict.fromkeys(tokens))
    where = {w: i for i, w in enumerate(vocab)}
    return torch.tensor([where[t] for t in tokens], dtype=torch.int64), vocab

def batches_in_order(ids, batch_size, seq_len):
    n = (len(ids) - 1) // (batch_size * seq_len)
    L = n * seq_len
    for i in range(n):
        at = [(r * L + i * seq_len) for r in range(batch_size)]
        yield (torch.stack([ids[a:a + seq_len] for a in at]), torch.stack([ids[a + 1:a + 1 + seq_len] for a in at]))

def decode(ids, vocab):
    return " ".join(vocab[i] for i in ids)


def batches_in_order(ids, batch_size, seq_len):
    n = (len(ids) - 1) // (batch_size * seq_len); m = n * batch_size * seq_len
    X = ids[:m].reshape(batch_size, n, seq_len); Y = ids[1:m+1].reshape(batch_size, n, seq_len)
    pair = [None, None]
    for i in range(n):
        pair[0] = X[:, i]; pair[1] = Y[:, i]; yield pair
