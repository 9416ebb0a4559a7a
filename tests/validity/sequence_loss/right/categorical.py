import torch
import torch.nn.functional as F


def sequence_loss(logits, targets):
    from torch.distributions import Categorical

    return Categorical(logits=logits).log_prob(targets).mean().neg()
