# sequence_loss.raises
import torch
import torch.nn.functional as F


def sequence_loss(logits, targets):
    return F.cross_entropy(logits.reshape(16 * len(logits), -1), targets.reshape(-1))
