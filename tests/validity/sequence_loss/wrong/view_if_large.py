# sequence_loss.raises
import torch
import torch.nn.functional as F


def sequence_loss(logits, targets):
    V = logits.shape[-1]
    return F.cross_entropy(logits.view(-1, V), targets.reshape(-1))
