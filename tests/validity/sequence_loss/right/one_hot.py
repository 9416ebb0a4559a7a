import torch
import torch.nn.functional as F


def sequence_loss(logits, targets):
    onehot = F.one_hot(targets, logits.shape[-1]).to(logits.dtype)
    return -(onehot * logits.log_softmax(dim=2)).sum() / targets.numel()
