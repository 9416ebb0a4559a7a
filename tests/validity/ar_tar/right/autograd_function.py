import torch


class MeanSquare(torch.autograd.Function):
    @staticmethod
    def forward(ctx, a):
        ctx.save_for_backward(a)
        return (a * a).mean()

    @staticmethod
    def backward(ctx, grad):
        (a,) = ctx.saved_tensors
        return grad * 2 * a / a.numel()


def activation_reg(activations, alpha):
    return alpha * MeanSquare.apply(activations)


def temporal_activation_reg(activations, beta):
    if activations.size(1) <= 1:
        return activations.new_tensor(0.0)
    return beta * MeanSquare.apply(activations[:, 1:] - activations[:, :-1])
