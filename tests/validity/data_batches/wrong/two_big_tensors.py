# data_batches.batch-not-a-pair
import torch


def numericalize(lines):
    tokens = " . ".join(line.strip() for line in lines).split(" ")
    vocab = []
    for token in tokens:
        if token not in vocab:
            vocab.append(token)
    return torch.tensor([vocab.index(token) for token in tokens]), vocab


def batches_in_order(ids, batch_size, seq_len):
    n = (len(ids) - 1) // batch_size // seq_len
    size = batch_size * n * seq_len
    x = ids[:size].view(batch_size, n, seq_len).transpose(0, 1)
    y = ids[1 : size + 1].view(batch_size, n, seq_len).transpose(0, 1)
    return x, y


def decode(ids, vocab):
    return " ".join(vocab[i] for i in ids)
