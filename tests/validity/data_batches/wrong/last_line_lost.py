# data_batches.wrong-count
import torch


def numericalize(lines):
    tokens = " . ".join(line.strip() for line in lines[:-1]).split()
    vocab = list(dict.fromkeys(tokens))
    place = {word: id for id, word in enumerate(vocab)}
    return torch.tensor([place[token] for token in tokens]), vocab


def batches_in_order(ids, batch_size, seq_len):
    length = (len(ids) - 1) // batch_size
    x = ids[: batch_size * length].view(batch_size, length)
    y = ids[1 : batch_size * length + 1].view(batch_size, length)
    for start in range(0, length - seq_len + 1, seq_len):
        yield x[:, start : start + seq_len], y[:, start : start + seq_len]


def decode(ids, vocab):
    return " ".join(vocab[id] for id in ids.tolist())
