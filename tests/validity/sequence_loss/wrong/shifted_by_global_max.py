# sequence_loss.not-finite
import torch
import torch.nn.functional as F


def sequence_loss(logits, targets):
    z = logits - logits.max()
    chosen = z.gather(2, targets.unsqueeze(2)).squeeze(2)
    return (z.exp().sum(-1).log() - chosen).mean()
