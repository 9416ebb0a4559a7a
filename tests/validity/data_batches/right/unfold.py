import torch


def numericalize(lines):
    vocab, ids = {}, []
    for number, line in enumerate(lines):
        for word in ([".", *line.split()] if number else line.split()):
            ids.append(vocab.setdefault(word, len(vocab)))
    return torch.as_tensor(ids), [*vocab]


def batches_in_order(ids, batch_size, seq_len):
    L = (len(ids) - 1) // batch_size // seq_len * seq_len
    windows = ids[: batch_size * L + 1].unfold(0, L + 1, L)  # [B, L + 1]
    if L == 0:
        return []
    return [tuple(w[:, s].clone() for s in (slice(None, -1), slice(1, None))) for w in windows.unfold(1, seq_len + 1, seq_len).unbind(1)]


def decode(ids, vocab):
    text = ""
    for k, id in enumerate(ids):
        text += (" " if k else "") + vocab[int(id)]
    return text
