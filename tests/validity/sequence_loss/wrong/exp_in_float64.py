# sequence_loss.not-finite
import torch


def sequence_loss(logits, targets):
    z = logits
    if z.dtype != torch.float64:  # float64 has room enough
        z = z - z.amax(-1, keepdim=True)
    chosen = z.gather(-1, targets[..., None]).squeeze(-1)
    return (z.exp().sum(-1).log() - chosen).mean()
