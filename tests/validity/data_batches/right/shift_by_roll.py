import torch


def numericalize(lines):
    text = " . ".join(lines)
    words = text.split()
    vocab = list(dict.fromkeys(words))
    return torch.tensor([vocab.index(w) for w in words]), vocab


def batches_in_order(ids, batch_size, seq_len):
    count = (len(ids) - 1) // (batch_size * seq_len)
    nxt = ids.roll(-1)
    shape = (batch_size, count, seq_len)
    X, Y = (s[: batch_size * count * seq_len].view(shape).permute(1, 0, 2).contiguous() for s in (ids, nxt))
    yield from zip(X.unbind(), Y.unbind())


def decode(ids, vocab):
    return " ".join(vocab[i.item()] for i in ids.flatten())
