import torch


def numericalize(lines):
    tokens = []
    for line in lines:
        tokens.extend(line.split())
        tokens.append(".")
    del tokens[-1]
    vocab = sorted(set(tokens), key=tokens.index)
    ids = torch.empty(len(tokens), dtype=torch.long)
    for place, token in enumerate(tokens):
        ids[place] = vocab.index(token)
    return ids, vocab


class Reader:
    """Its own iterator: `iter` puts it back to the start."""

    def __init__(self, ids, batch_size, seq_len):
        steps = (len(ids) - 1) // (batch_size * seq_len)
        width = steps * seq_len
        self.x = ids[: batch_size * width].reshape(batch_size, width).split(seq_len, 1)
        self.y = ids[1 : batch_size * width + 1].reshape(batch_size, width).split(seq_len, 1)

    def __iter__(self):
        self.place = -1
        return self

    def __next__(self):
        self.place += 1
        if self.place == len(self.x):
            raise StopIteration
        return self.x[self.place], self.y[self.place]


batches_in_order = Reader


def decode(ids, vocab):
    words = [vocab[id] for id in ids]
    return ("%s " * len(words) % tuple(words)).rstrip(" ")
