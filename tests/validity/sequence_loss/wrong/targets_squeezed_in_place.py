# sequence_loss.input-changed
import torch
from torch.nn import functional as F
def sequence_loss(logits, targets):
    V = logits.shape[-1]
    targets.squeeze_()
    return F.cross_entropy(logits.reshape(-1, V), targets.reshape(-1))
