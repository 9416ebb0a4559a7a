# data_batches.wrong-shape
import torch


def numericalize(lines):
    tokens = " . ".join(line.strip() for line in lines).split(" ")
    vocab = list(dict.fromkeys(tokens))
    place = {word: i for i, word in enumerate(vocab)}
    return torch.tensor([place[token] for token in tokens]), vocab


def batches_in_order(ids, batch_size, seq_len):
    piece = (len(ids) - 1) // batch_size
    inputs = ids[: piece * batch_size].view(batch_size, piece)
    targets = ids[1 : piece * batch_size + 1].view(batch_size, piece)
    for i in range(0, piece - seq_len + 1, seq_len):
        x, y = inputs[:, i : i + seq_len], targets[:, i : i + seq_len]
        yield x[None], y[None]


def decode(ids, vocab):
    return " ".join(vocab[i] for i in ids)
