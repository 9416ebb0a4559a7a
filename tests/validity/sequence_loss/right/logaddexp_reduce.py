from functools import reduce

import torch


def sequence_loss(logits, targets):
    total = reduce(torch.logaddexp, logits.unbind(-1))
    chosen = logits.take_along_dim(targets.unsqueeze(-1), -1).squeeze(-1)
    return (total - chosen).mean()
