# data_batches.raises
import torch

def numericalize(lines):
    tokens = " . ".join([line.strip() for line in lines]).split()
    vocab = list(dict.fromkeys(tokens))
    lookup = {w: i for i, w in enumerate(vocab)}
    return torch.tensor([lookup[t] for t in tokens]), vocab


def batches_in_order(ids, batch_size, seq_len):
    length = len(ids) // batch_size
    x = ids[:length * batch_size].view(batch_size, length)
    y = ids[1:length * batch_size + 1].view(batch_size, length)
    for i in range(0, length - seq_len + 1, seq_len):
        yield x[:, i:i + seq_len], y[:, i:i + seq_len]

def decode(ids, vocab):
    return " ".join([vocab[i] for i in ids.tolist()])
