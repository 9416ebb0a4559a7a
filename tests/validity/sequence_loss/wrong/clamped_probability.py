# sequence_loss.clipped
import torch
import torch.nn.functional as F


def sequence_loss(logits, targets):
    p = torch.softmax(logits, dim=-1).clamp(min=1e-12)
    return -torch.log(p.gather(2, targets.unsqueeze(2))).mean()
