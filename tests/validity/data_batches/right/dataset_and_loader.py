import torch
from torch.utils.data import DataLoader


def numericalize(lines):
    tokens = " . ".join(line.strip() for line in lines).split(" ")
    vocab = []
    for token in tokens:
        if token not in vocab:
            vocab.append(token)
    return torch.tensor([vocab.index(token) for token in tokens]), vocab


def batches_in_order(ids, batch_size, seq_len):
    windows = [
        (ids[s : s + seq_len], ids[s + 1 : s + 1 + seq_len])
        for s in range(0, len(ids) - seq_len, seq_len)
    ]
    m = len(windows) // batch_size
    order = [row * m + step for step in range(m) for row in range(batch_size)]
    return DataLoader([windows[i] for i in order], batch_size=batch_size, shuffle=False)


def decode(ids, vocab):
    return " ".join(vocab[i] for i in ids)
