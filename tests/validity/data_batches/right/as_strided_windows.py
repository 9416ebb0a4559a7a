import torch


def numericalize(lines):
    tokens = " . ".join(line.strip() for line in lines).split(" ")
    vocab = []
    for token in tokens:
        if token not in vocab:
            vocab.append(token)
    return torch.tensor([vocab.index(token) for token in tokens]), vocab


def batches_in_order(ids, batch_size, seq_len):
    both = ids.unfold(0, seq_len + 1, seq_len)
    steps = both.size(0) // batch_size
    both = both[: steps * batch_size].unflatten(0, (batch_size, steps)).transpose(0, 1)
    return ((pair[:, :-1].clone(), pair[:, 1:].clone()) for pair in both)


def decode(ids, vocab):
    return " ".join(map(vocab.__getitem__, ids.tolist()))
