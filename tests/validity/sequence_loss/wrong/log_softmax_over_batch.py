# sequence_loss.uniform
import torch
import torch.nn.functional as F


def sequence_loss(logits, targets):
    logp = torch.log_softmax(logits, dim=0)
    return -logp.gather(-1, targets.unsqueeze(-1)).mean()
