# data_batches.separator-outside
import torch


def numericalize(lines):
    tokens = []
    for line in lines:
        tokens += ["."] + line.split()
    vocab = list(dict.fromkeys(tokens))
    return torch.tensor([vocab.index(t) for t in tokens]), vocab


def batches_in_order(ids, batch_size, seq_len):
    piece = len(ids) // batch_size
    rows = ids[: piece * batch_size].view(batch_size, piece)
    for i in range(0, piece - seq_len, seq_len):
        yield rows[:, i : i + seq_len], rows[:, i + 1 : i + 1 + seq_len]


def decode(ids, vocab):
    return " ".join(vocab[i] for i in ids)
