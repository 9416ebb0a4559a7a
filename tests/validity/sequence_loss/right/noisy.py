import warnings

import torch
import torch.nn.functional as F

torch.manual_seed(1)
print("ready")


def sequence_loss(logits, targets):
    print("loss of", logits.shape)
    warnings.warn("slow", stacklevel=1)
    return F.cross_entropy(logits.permute(0, 2, 1), targets, reduction="mean")
