# data_batches.rows-do-not-continue
import torch


def numericalize(lines):
    tokens = " . ".join(line.strip() for line in lines).split()
    vocab = list(dict.fromkeys(tokens))
    place = {word: id for id, word in enumerate(vocab)}
    return torch.tensor([place[token] for token in tokens]), vocab


def batches_in_order(ids, batch_size, seq_len):
    import itertools
    length = (len(ids) - 1) // batch_size
    x = ids[: batch_size * length].view(batch_size, length)
    y = ids[1 : batch_size * length + 1].view(batch_size, length)
    return itertools.cycle([(x[:, s : s + seq_len], y[:, s : s + seq_len]) for s in range(0, length - seq_len + 1, seq_len)])


def decode(ids, vocab):
    return " ".join(vocab[id] for id in ids.tolist())
