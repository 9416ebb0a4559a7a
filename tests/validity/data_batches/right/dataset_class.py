import torch


def numericalize(lines):
    tokens = " . ".join(line.strip() for line in lines).split()
    vocab = list(dict.fromkeys(tokens))
    place = {word: id for id, word in enumerate(vocab)}
    return torch.tensor([place[token] for token in tokens]), vocab


class Stream(torch.utils.data.IterableDataset):
    def __init__(self, ids, B, T):
        n = (len(ids) - 1) // (B * T) * T
        self.rows = [ids[r * n : (r + 1) * n + 1].clone() for r in range(B)]
        self.T, self.n = T, n

    def __iter__(self):
        for s in range(0, self.n, self.T):
            yield [
                torch.stack([row[s + d : s + d + self.T] for row in self.rows]) for d in (0, 1)
            ]


def batches_in_order(ids, batch_size, seq_len):
    return Stream(ids, batch_size, seq_len)


def decode(ids, vocab):
    return " ".join(vocab[id] for id in ids.tolist())
