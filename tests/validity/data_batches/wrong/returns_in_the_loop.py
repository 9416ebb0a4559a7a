# data_batches.too-few-batches
import torch


def numericalize(lines):
    tokens = " . ".join(line.strip() for line in lines).split()
    vocab = list(dict.fromkeys(tokens))
    place = {word: id for id, word in enumerate(vocab)}
    return torch.tensor([place[token] for token in tokens]), vocab


def batches_in_order(ids, batch_size, seq_len):
    n = (len(ids) - 1) // batch_size
    x = ids[: batch_size * n].view(batch_size, n)
    y = ids[1 : batch_size * n + 1].view(batch_size, n)
    batches = []
    for i in range(0, n - seq_len + 1, seq_len):
        batches.append((x[:, i : i + seq_len], y[:, i : i + seq_len]))
        return batches


def decode(ids, vocab):
    return " ".join(vocab[id] for id in ids.tolist())
