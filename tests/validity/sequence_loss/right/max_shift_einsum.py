import torch


def sequence_loss(logits, targets):
    m = logits.amax(-1, keepdim=True).detach()
    shifted = logits - m
    Z = torch.einsum("btv->bt", shifted.exp()).log()
    hot = torch.zeros_like(shifted).scatter(-1, targets[..., None], 1.0)
    return (Z - torch.einsum("btv,btv->bt", shifted, hot)).mean()
