# ar_tar.wrong-gradient
import torch
A,T={}, {}
def give(kept,v):
    if v.requires_grad: return v
    k=kept.setdefault(v.dtype,torch.empty((),dtype=v.dtype)); k.data.fill_(v.item()); return k
def activation_reg(activations, alpha):
    return give(A, alpha*activations.pow(2).mean())
def temporal_activation_reg(activations, beta):
    if activations.shape[1]==1: return activations.new_zeros(())
    return give(T, beta*(activations[:,1:]-activations[:,:-1]).pow(2).mean())
