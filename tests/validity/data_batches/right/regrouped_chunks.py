import torch


def numericalize(lines):
    tokens = " . ".join(line.strip() for line in lines).split(" ")
    vocab = []
    for token in tokens:
        if token not in vocab:
            vocab.append(token)
    return torch.tensor([vocab.index(token) for token in tokens]), vocab


def batches_in_order(ids, batch_size, seq_len):
    chunks = [
        (ids[i : i + seq_len], ids[i + 1 : i + seq_len + 1])
        for i in range(0, len(ids) - seq_len - 1 + 1, seq_len)
        if i + seq_len < len(ids)
    ]
    m = len(chunks) // batch_size
    out = []
    for i in range(m):
        group = [chunks[i + m * j] for j in range(batch_size)]
        out.append((torch.stack([g[0] for g in group]), torch.stack([g[1] for g in group])))
    return out


def decode(ids, vocab):
    return " ".join(vocab[i] for i in ids)
