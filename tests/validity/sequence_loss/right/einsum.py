import torch
import torch.nn.functional as F


def sequence_loss(logits, targets):
    hot = torch.eye(logits.size(2), dtype=logits.dtype)[targets]
    logp = logits - logits.logsumexp(dim=2, keepdim=True)
    return torch.einsum("btv,btv->", hot, logp) / -targets.numel()
