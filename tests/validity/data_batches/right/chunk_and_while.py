import torch


def numericalize(lines):
    text = ""
    for i in range(len(lines)):
        text += lines[i].strip()
        if i < len(lines) - 1:
            text += " . "
    vocab = []
    ids = []
    for word in text.split():
        if word not in vocab:
            vocab.append(word)
        ids.append(vocab.index(word))
    return torch.tensor(ids, dtype=torch.int64), vocab


def batches_in_order(ids, batch_size, seq_len):
    piece = (len(ids) - 1) // batch_size
    batches = []
    start = 0
    while start + seq_len <= piece:
        xs, ys = [], []
        for row in range(batch_size):
            begin = row * piece + start
            xs.append(ids[begin : begin + seq_len])
            ys.append(ids[begin + 1 : begin + seq_len + 1])
        batches.append((torch.stack(xs), torch.stack(ys)))
        start += seq_len
    return batches


def decode(ids, vocab):
    words = []
    for i in ids:
        words.append(vocab[i])
    return " ".join(words)
