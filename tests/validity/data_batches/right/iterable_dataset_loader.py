import torch
from torch.utils.data import DataLoader, IterableDataset


class Lanes(IterableDataset):
    def __init__(self, ids, batch_size, seq_len):
        self.ids, self.B, self.T = ids, batch_size, seq_len

    def __iter__(self):
        per = (len(self.ids) - 1) // (self.B * self.T)
        for b in range(per):
            x = torch.stack([self.ids[(r * per + b) * self.T:][: self.T] for r in range(self.B)])
            y = torch.stack([self.ids[(r * per + b) * self.T + 1:][: self.T] for r in range(self.B)])
            yield x, y


def numericalize(lines):
    stream = " . ".join(line.strip() for line in lines)
    vocab, ids = [], []
    for token in stream.split():
        try:
            ids.append(vocab.index(token))
        except ValueError:
            ids.append(len(vocab))
            vocab.append(token)
    return [torch.tensor(ids), vocab]


def batches_in_order(ids, batch_size, seq_len):
    return DataLoader(Lanes(ids, batch_size, seq_len), batch_size=None)


def decode(ids, vocab):
    lookup = dict(enumerate(vocab))
    return " ".join(lookup[i] for i in ids.tolist())
