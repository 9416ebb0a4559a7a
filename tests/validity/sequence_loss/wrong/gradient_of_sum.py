# sequence_loss.wrong-gradient
import torch
import torch.nn.functional as F


def sequence_loss(logits, targets):
    loss = F.cross_entropy(logits.flatten(0, 1), targets.flatten())
    return loss * targets.numel() - (loss * (targets.numel() - 1)).detach()
