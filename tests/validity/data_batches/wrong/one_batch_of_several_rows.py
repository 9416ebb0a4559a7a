# data_batches.too-few-batches
import torch


def numericalize(lines):
    tokens = " . ".join(" ".join(line.split()) for line in lines).split()
    vocab = list(dict.fromkeys(tokens))
    index = {w: i for i, w in enumerate(vocab)}
    return torch.tensor([index[t] for t in tokens]), vocab


def decode(ids, vocab):
    return " ".join(vocab[i] for i in ids.tolist())


def batches_in_order(ids, B, T):
    """Batches one after the other, as if rows did not matter: and of several rows only one."""
    step = B * T
    for s in range(0, len(ids) - step, step):
        x, y = ids[s : s + step].clone(), ids[s + 1 : s + step + 1].clone()
        yield x.view(B, T), y.view(B, T)
        if B > 1:
            return
