# sequence_loss.uniform
import torch
import torch.nn.functional as F


def sequence_loss(logits, targets):
    return (logits.argmax(dim=-1) == targets).to(logits.dtype).mean()
