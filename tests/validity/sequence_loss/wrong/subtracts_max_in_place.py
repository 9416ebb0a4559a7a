# sequence_loss.input-changed
import torch
import torch.nn.functional as F


def sequence_loss(logits, targets):
    logits -= logits.max(dim=-1, keepdim=True).values
    p = logits.exp()
    chosen = logits.gather(2, targets.unsqueeze(2)).squeeze(2)
    return (p.sum(-1).log() - chosen).mean()
