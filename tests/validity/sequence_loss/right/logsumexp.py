import torch
import torch.nn.functional as F


def sequence_loss(logits, targets):
    chosen = torch.gather(logits, -1, targets[..., None]).squeeze(-1)
    return (logits.logsumexp(-1) - chosen).mean()
