import torch


def numericalize(lines):
    vocab, ids = {}, []
    for number, line in enumerate(lines):
        if number:
            ids.append(vocab.setdefault(".", len(vocab)))
        for word in line.split():
            ids.append(vocab.setdefault(word, len(vocab)))
    return torch.LongTensor(ids), [*vocab]


def pieces(ids, batch_size):
    size = (len(ids) - 1) // batch_size
    return torch.stack([ids.narrow(0, r * size, size + 1) for r in range(batch_size)])


def batches_in_order(ids, batch_size, seq_len):
    def read(rows):
        while rows.size(1) > seq_len:
            head = rows[:, : seq_len + 1]
            yield head[:, :-1].contiguous(), head[:, 1:].contiguous()
            rows = rows[:, seq_len:]

    return read(pieces(ids, batch_size))


def decode(ids, vocab):
    text = ""
    for id in ids:
        text += vocab[id.item()] + " "
    return text[:-1]
