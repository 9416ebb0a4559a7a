import torch
from torch.utils.data import BatchSampler, DataLoader, TensorDataset


def numericalize(lines):
    stream = " . ".join(l.strip() for l in lines)
    tokens = stream.split()
    vocab = list({t: None for t in tokens})
    place = {w: i for i, w in enumerate(vocab)}
    return torch.tensor([place[t] for t in tokens], dtype=torch.int64), vocab


def batches_in_order(ids, batch_size, seq_len):
    n = (len(ids) - 1) // (batch_size * seq_len)
    used = n * batch_size * seq_len
    x, y = ids[:used].view(-1, seq_len), ids[1 : used + 1].view(-1, seq_len)
    order = torch.arange(batch_size * n).view(batch_size, n).t().tolist()
    return DataLoader(TensorDataset(x, y), batch_sampler=order)


def decode(ids, vocab):
    return " ".join([vocab[i] for i in ids.numpy()])
