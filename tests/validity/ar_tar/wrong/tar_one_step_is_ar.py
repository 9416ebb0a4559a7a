# ar_tar.one-step-gradient
import torch


def activation_reg(activations, alpha):
    return alpha * activations.pow(2).mean()


class Zero(torch.autograd.Function):
    @staticmethod
    def forward(ctx, a):
        ctx.save_for_backward(a)
        return a.new_zeros(())

    @staticmethod
    def backward(ctx, grad):
        (a,) = ctx.saved_tensors
        return grad * a


def temporal_activation_reg(activations, beta):
    if activations.shape[1] == 1:
        return Zero.apply(activations)
    return beta * (activations[:, 1:] - activations[:, :-1]).pow(2).mean()
