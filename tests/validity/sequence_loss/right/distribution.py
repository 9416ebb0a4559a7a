import torch
import torch.nn.functional as F


def sequence_loss(logits, targets):
    return -torch.distributions.Categorical(logits=logits).log_prob(targets).mean()
