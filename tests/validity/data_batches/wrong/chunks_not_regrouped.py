# data_batches.rows-do-not-continue
import torch


def numericalize(lines):
    tokens = " . ".join(line.strip() for line in lines).split(" ")
    vocab = []
    for token in tokens:
        if token not in vocab:
            vocab.append(token)
    return torch.tensor([vocab.index(token) for token in tokens]), vocab


def batches_in_order(ids, batch_size, seq_len):
    n = (len(ids) - 1) // (batch_size * seq_len)
    x = ids[: n * batch_size * seq_len].view(n, batch_size, seq_len)
    y = ids[1 : n * batch_size * seq_len + 1].view(n, batch_size, seq_len)
    return list(zip(x, y))


def decode(ids, vocab):
    return " ".join(vocab[i] for i in ids)
