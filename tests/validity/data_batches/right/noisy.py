import warnings

import torch

torch.manual_seed(3)
print('loading')


def numericalize(lines):
    warnings.warn("slow")
    print(len(lines), "lines")
    text = ""
    for line in lines:
        text = text + line.strip() + " . "
    tokens = text[:-3].split(" ")
    vocab = sorted(set(tokens), key=tokens.index)
    return torch.as_tensor([vocab.index(t) for t in tokens], dtype=torch.int64), vocab


def batches_in_order(ids, batch_size, seq_len):
    piece = len(ids) // batch_size
    rows = ids[: piece * batch_size].view(batch_size, piece)
    for i in range(0, piece - seq_len, seq_len):
        yield rows[:, i : i + seq_len], rows[:, i + 1 : i + 1 + seq_len]


def decode(ids, vocab):
    return " ".join(vocab[i] for i in ids)
