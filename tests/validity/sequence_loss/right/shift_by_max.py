import torch
import torch.nn.functional as F


def sequence_loss(logits, targets):
    z = logits - logits.detach().amax(dim=-1, keepdim=True)
    norm = z.exp().sum(dim=-1).log()
    return (norm - z.gather(-1, targets.unsqueeze(-1)).squeeze(-1)).sum().div(targets.numel())
