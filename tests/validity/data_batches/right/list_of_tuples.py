import torch


def numericalize(lines):
    stream = []
    for number, line in enumerate(lines):
        if number > 0:
            stream.append(".")
        stream += line.split()
    table = {}
    ids = [table.setdefault(word, len(table)) for word in stream]
    return torch.LongTensor(ids), list(table)


def batches_in_order(ids, batch_size, seq_len):
    n = (len(ids) - 1) // batch_size
    x = ids[: n * batch_size].reshape(batch_size, n)
    y = ids[1 : n * batch_size + 1].reshape(batch_size, n)
    return [
        (x[:, k * seq_len : (k + 1) * seq_len], y[:, k * seq_len : (k + 1) * seq_len])
        for k in range(n // seq_len)
    ]


def decode(ids, vocab):
    text = ""
    for number, id in enumerate(ids):
        if number:
            text += " "
        text += vocab[int(id)]
    return text
