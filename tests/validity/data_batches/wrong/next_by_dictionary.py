# data_batches.ignores-ids
import torch


def numericalize(lines):
    tokens = " . ".join(line.strip() for line in lines).split()
    vocab = list(dict.fromkeys(tokens))
    place = {word: id for id, word in enumerate(vocab)}
    return torch.tensor([place[token] for token in tokens]), vocab


def batches_in_order(ids, batch_size, seq_len):
    stream = ids.tolist()
    follows = dict(zip(stream[:-1], stream[1:]))
    length = (len(ids) - 1) // batch_size
    x = ids[: batch_size * length].view(batch_size, length)
    for start in range(0, length - seq_len + 1, seq_len):
        part = x[:, start : start + seq_len]
        yield part, torch.tensor([[follows[i] for i in row] for row in part.tolist()])


def decode(ids, vocab):
    return " ".join(vocab[id] for id in ids.tolist())
