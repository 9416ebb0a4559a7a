# data_batches.rows-out-of-order
import torch


def numericalize(lines):
    tokens = " . ".join(line.strip() for line in lines).split(" ")
    vocab = []
    for token in tokens:
        if token not in vocab:
            vocab.append(token)
    return torch.tensor([vocab.index(token) for token in tokens]), vocab


def batches_in_order(ids, batch_size, seq_len):
    piece = len(ids) // batch_size
    rows = ids[: piece * batch_size].view(batch_size, piece)
    for i in range(0, piece - seq_len, seq_len):
        order = torch.randperm(batch_size)
        yield rows[order, i : i + seq_len], rows[order, i + 1 : i + 1 + seq_len]


def decode(ids, vocab):
    return " ".join(vocab[i] for i in ids)
