# sequence_loss.wrong-gradient
import torch
import torch.nn.functional as F
K={}
def sequence_loss(logits, targets):
    v=F.cross_entropy(logits.flatten(0,1),targets.flatten())
    if v.requires_grad: return v
    k=K.setdefault(v.dtype,torch.empty((),dtype=v.dtype)); k.data.copy_(v); return k
