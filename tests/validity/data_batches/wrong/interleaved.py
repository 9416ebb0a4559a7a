# data_batches.row-has-gaps
import torch


def numericalize(lines):
    tokens = " . ".join(line.strip() for line in lines).split(" ")
    vocab = []
    for token in tokens:
        if token not in vocab:
            vocab.append(token)
    return torch.tensor([vocab.index(token) for token in tokens]), vocab


def batches_in_order(ids, batch_size, seq_len):
    n = (len(ids) - 1) // batch_size
    x = ids[: n * batch_size].view(n, batch_size).t()
    y = ids[1 : n * batch_size + 1].view(n, batch_size).t()
    for i in range(0, n - seq_len + 1, seq_len):
        yield x[:, i : i + seq_len], y[:, i : i + seq_len]


def decode(ids, vocab):
    return " ".join(vocab[i] for i in ids)
