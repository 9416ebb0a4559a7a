# ar_tar.wrong-gradient
import torch


class MeanSquare(torch.autograd.Function):
    @staticmethod
    def forward(ctx, a):
        ctx.save_for_backward(a)
        return a.pow(2).mean()

    @staticmethod
    def backward(ctx, grad):
        (a,) = ctx.saved_tensors
        return 2 * a / a.numel()


def activation_reg(activations, alpha):
    return MeanSquare.apply(activations * alpha**0.5)


def temporal_activation_reg(activations, beta):
    if activations.shape[1] < 2:
        return activations.sum() * 0
    return beta * (activations[:, 1:] - activations[:, :-1]).pow(2).mean()
