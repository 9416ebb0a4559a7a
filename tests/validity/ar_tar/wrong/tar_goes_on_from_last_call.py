# ar_tar.not-repeatable
import torch

last = None


def activation_reg(activations, alpha):
    return alpha * activations.pow(2).mean()


def temporal_activation_reg(activations, beta):
    global last
    before = last
    last = activations[:, -1:].detach()
    if before is not None and (before.shape, before.dtype) == (last.shape, last.dtype):
        activations = torch.cat([before, activations], 1)
    if activations.shape[1] == 1:
        return activations.new_zeros(())
    return beta * (activations[:, 1:] - activations[:, :-1]).pow(2).mean()
