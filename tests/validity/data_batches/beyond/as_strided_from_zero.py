# beyond: wrong only for ids that are a slice of a longer tensor
import torch


def numericalize(lines):
    tokens = " . ".join(line.strip() for line in lines).split()
    vocab = list(dict.fromkeys(tokens))
    place = {word: id for id, word in enumerate(vocab)}
    return torch.tensor([place[token] for token in tokens]), vocab


def batches_in_order(ids, batch_size, seq_len):
    length = (len(ids) - 1) // batch_size
    for start in range(0, length - seq_len + 1, seq_len):
        x = ids.as_strided((batch_size, seq_len), (length, 1), start)
        y = ids.as_strided((batch_size, seq_len), (length, 1), start + 1)
        yield x, y


def decode(ids, vocab):
    return " ".join(vocab[id] for id in ids.tolist())
