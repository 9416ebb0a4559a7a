import torch


def numericalize(lines):
    tokens = " . ".join(line.strip() for line in lines).split(" ")
    vocab = []
    for token in tokens:
        if token not in vocab:
            vocab.append(token)
    return torch.tensor([vocab.index(token) for token in tokens]), vocab


class Batches:
    def __init__(self, ids, batch_size, seq_len):
        length = (len(ids) - 1) // batch_size // seq_len * seq_len
        self.x = ids[: length * batch_size].view(batch_size, length)
        self.y = ids[1 : length * batch_size + 1].view(batch_size, length)
        self.seq_len = seq_len

    def __len__(self):
        return self.x.shape[1] // self.seq_len

    def __iter__(self):
        return zip(self.x.split(self.seq_len, 1), self.y.split(self.seq_len, 1))


def batches_in_order(ids, batch_size, seq_len):
    return Batches(ids, batch_size, seq_len)


def decode(ids, vocab):
    return " ".join(vocab[i] for i in ids)
