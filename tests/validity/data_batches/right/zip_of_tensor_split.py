import torch


def numericalize(lines):
    tokens = " . ".join(line.strip() for line in lines).split(" ")
    vocab = []
    for token in tokens:
        if token not in vocab:
            vocab.append(token)
    return torch.tensor([vocab.index(token) for token in tokens]), vocab


def batches_in_order(ids, batch_size, seq_len):
    width = len(ids) // batch_size
    lanes = torch.stack([ids[r * width : (r + 1) * width] for r in range(batch_size)])
    xs = lanes[:, :-1].split(seq_len, dim=1)
    ys = lanes[:, 1:].split(seq_len, dim=1)
    return [(x, y) for x, y in zip(xs, ys) if x.shape[1] == seq_len]


def decode(ids, vocab):
    return " ".join(vocab[i] for i in ids)
