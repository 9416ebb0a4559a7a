import torch


class CrossEntropy(torch.autograd.Function):
    @staticmethod
    def forward(ctx, z, y):
        logp = z - z.logsumexp(-1, keepdim=True)
        ctx.save_for_backward(logp, y)
        return -logp.gather(-1, y[..., None]).mean()

    @staticmethod
    def backward(ctx, g):
        logp, y = ctx.saved_tensors
        d = logp.exp()
        d.scatter_add_(-1, y[..., None], -torch.ones_like(d[..., :1]))
        return g * d / y.numel(), None


def sequence_loss(logits, targets):
    return CrossEntropy.apply(logits, targets)
