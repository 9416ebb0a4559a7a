# data_batches.wrong-last-target
import torch


def numericalize(lines):
    tokens = " . ".join(line.strip() for line in lines).split()
    vocab = list(dict.fromkeys(tokens))
    place = {word: id for id, word in enumerate(vocab)}
    return torch.tensor([place[token] for token in tokens]), vocab


def batches_in_order(ids, batch_size, seq_len):
    n = len(ids) // batch_size
    x = ids[: n * batch_size].view(batch_size, n)
    for i in range(0, n - seq_len + 1, seq_len):
        part = x[:, i : i + seq_len]
        yield part, part.roll(-1, dims=1)


def decode(ids, vocab):
    return " ".join(vocab[id] for id in ids.tolist())
