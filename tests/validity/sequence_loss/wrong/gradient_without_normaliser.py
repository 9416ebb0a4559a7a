# sequence_loss.wrong-gradient
import torch
import torch.nn.functional as F


def sequence_loss(logits, targets):
    chosen = logits.gather(2, targets.unsqueeze(2)).squeeze(2)
    return (logits.logsumexp(-1).detach() - chosen).mean()
