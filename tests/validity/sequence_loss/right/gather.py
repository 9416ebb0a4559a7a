import torch
import torch.nn.functional as F


def sequence_loss(logits, targets):
    logp = torch.log_softmax(logits, dim=-1)
    return -logp.gather(2, targets.unsqueeze(2)).mean()
