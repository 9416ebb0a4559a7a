# data_batches.not-a-pair
import torch


def numericalize(lines):
    tokens = " . ".join(line.strip() for line in lines).split()
    vocab = list(dict.fromkeys(tokens))
    w2i = {w: i for i, w in enumerate(vocab)}
    return torch.tensor([w2i[t] for t in tokens]), vocab, w2i


def batches_in_order(ids, batch_size, seq_len):
    per_row = (len(ids) - 1) // batch_size
    x = ids[: per_row * batch_size].view(batch_size, per_row)
    y = ids[1 : per_row * batch_size + 1].view(batch_size, per_row)
    for i in range(0, per_row - seq_len + 1, seq_len):
        yield x[:, i : i + seq_len], y[:, i : i + seq_len]


def decode(ids, vocab):
    return " ".join(vocab[i] for i in ids.tolist())
