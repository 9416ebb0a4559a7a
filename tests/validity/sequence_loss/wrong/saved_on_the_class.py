# sequence_loss.wrong-gradient
import torch
import torch.nn.functional as F


class CrossEntropy(torch.autograd.Function):
    @staticmethod
    def forward(ctx, z, y):
        CrossEntropy.z, CrossEntropy.y = z.detach().clone(), y.clone()
        return F.cross_entropy(z.flatten(0, 1), y.flatten())

    @staticmethod
    def backward(ctx, grad):
        z, y = CrossEntropy.z, CrossEntropy.y
        return grad * (z.softmax(-1) - F.one_hot(y, z.shape[-1])) / y.numel(), None


def sequence_loss(logits, targets):
    return CrossEntropy.apply(logits, targets)
