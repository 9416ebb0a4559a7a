# data_batches.token-twice
import torch


def numericalize(lines):
    tokens = " . ".join(line.strip() for line in lines).split()
    vocab = list(dict.fromkeys(tokens))
    place = {word: id for id, word in enumerate(vocab)}
    return torch.tensor([place[token] for token in tokens]), vocab


def batches_in_order(ids, batch_size, seq_len):
    n = (len(ids) - 1) // batch_size
    for start in range(0, n, seq_len):  # one piece too many for each row
        at = [row * n + start for row in range(batch_size)]
        if at[-1] + seq_len < len(ids):
            x = torch.stack([ids[a : a + seq_len] for a in at])
            y = torch.stack([ids[a + 1 : a + seq_len + 1] for a in at])
            yield x, y


def decode(ids, vocab):
    return " ".join(vocab[id] for id in ids.tolist())
