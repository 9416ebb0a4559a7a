# sequence_loss.remembers
import torch
import torch.nn.functional as F

history = []


def sequence_loss(logits, targets):
    history.append(F.cross_entropy(logits.flatten(0, 1), targets.flatten()))
    return torch.stack([h.detach().to(history[-1]) for h in history[:-1]] + history[-1:]).mean()
