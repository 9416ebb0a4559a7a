import torch
from collections import defaultdict


def numericalize(lines):
    vocab = defaultdict()
    vocab.default_factory = vocab.__len__
    text = " . ".join([l.strip() for l in lines])
    ids = torch.tensor([vocab[w] for w in text.split()], dtype=torch.int64)
    return ids, list(vocab.keys())


def batches_in_order(ids, batch_size, seq_len):
    steps = (len(ids) - 1) // batch_size // seq_len
    places = torch.arange(batch_size * steps * seq_len).view(batch_size, steps, seq_len)
    return [(ids[p], ids[p + 1]) for p in places.unbind(1)]


def decode(ids, vocab):
    return "{}".format(" ".join([vocab[int(i)] for i in ids]))
