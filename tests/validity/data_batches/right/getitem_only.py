import torch


def numericalize(lines):
    tokens = " . ".join(line.strip() for line in lines).split()
    vocab = sorted(set(tokens), key=tokens.index)
    return torch.tensor([vocab.index(t) for t in tokens]), vocab


class Batches:
    """A sequence: it has a length, and an index gives a batch."""

    def __init__(self, ids, batch_size, seq_len):
        self.ids, self.T = ids.clone(), seq_len
        self.n = (len(ids) - 1) // (batch_size * seq_len)
        self.starts = torch.arange(batch_size) * self.n * seq_len

    def __len__(self):
        return self.n

    def __getitem__(self, i):
        if not 0 <= i < self.n:
            raise IndexError(i)
        at = self.starts[:, None] + i * self.T + torch.arange(self.T)
        return self.ids[at], self.ids[at + 1]


def batches_in_order(ids, batch_size, seq_len):
    return Batches(ids, batch_size, seq_len)


def decode(ids, vocab):
    return " ".join(vocab[i] for i in ids)
