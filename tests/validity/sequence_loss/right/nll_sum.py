import torch
import torch.nn.functional as F


def sequence_loss(logits, targets):
    V = logits.shape[-1]
    logp = F.log_softmax(logits, dim=-1).reshape(-1, V)
    loss = F.nll_loss(logp, targets.reshape(-1), reduction="sum")
    return loss / logp.shape[0]
