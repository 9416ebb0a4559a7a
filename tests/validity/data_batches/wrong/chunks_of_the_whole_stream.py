# data_batches.rows-do-not-continue
import torch


def numericalize(lines):
    tokens = " . ".join(line.strip() for line in lines).split()
    vocab = list(dict.fromkeys(tokens))
    place = {word: id for id, word in enumerate(vocab)}
    return torch.tensor([place[token] for token in tokens]), vocab


def batches_in_order(ids, batch_size, seq_len):
    step = batch_size * seq_len
    for i in range(0, len(ids) - step, step):
        yield (
            ids[i : i + step].reshape(batch_size, seq_len),
            ids[i + 1 : i + step + 1].reshape(batch_size, seq_len),
        )


def decode(ids, vocab):
    return " ".join(vocab[id] for id in ids.tolist())
