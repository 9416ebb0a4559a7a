# ar_tar.wrong-gradient
import torch


class MeanSquare(torch.autograd.Function):
    @staticmethod
    def forward(ctx, a):
        MeanSquare.a = a.detach().clone()
        return a.pow(2).mean()

    @staticmethod
    def backward(ctx, grad):
        return grad * 2 * MeanSquare.a / MeanSquare.a.numel()


def activation_reg(activations, alpha):
    return alpha * MeanSquare.apply(activations)


def temporal_activation_reg(activations, beta):
    if activations.shape[1] < 2:
        return activations.sum() * 0
    return beta * (activations[:, 1:] - activations[:, :-1]).pow(2).mean()
