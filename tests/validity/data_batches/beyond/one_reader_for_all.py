# beyond: two streams that are read in turns share their place
import torch


def numericalize(lines):
    tokens = " . ".join(line.strip() for line in lines).split()
    vocab = list(dict.fromkeys(tokens))
    place = {word: id for id, word in enumerate(vocab)}
    return torch.tensor([place[token] for token in tokens]), vocab


class Reader:
    place = 0

    def __init__(self, ids, batch_size, seq_len):
        length = (len(ids) - 1) // batch_size
        self.x = ids[: batch_size * length].view(batch_size, length)
        self.y = ids[1 : batch_size * length + 1].view(batch_size, length)
        self.seq_len = seq_len

    def __iter__(self):
        Reader.place = 0
        return self

    def __next__(self):
        start = Reader.place
        Reader.place += self.seq_len
        if Reader.place > self.x.shape[1]:
            raise StopIteration
        return self.x[:, start : Reader.place], self.y[:, start : Reader.place]


def batches_in_order(ids, batch_size, seq_len):
    return Reader(ids, batch_size, seq_len)


def decode(ids, vocab):
    return " ".join(vocab[id] for id in ids.tolist())
