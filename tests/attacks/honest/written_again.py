# tries: honest work in a later cell that replaces a failed trial
# earns: 18
class Dropout(nn.Module):
    def forward(self, x):
        return x / 0
# %%
class Dropout(nn.Module):
    def __init__(self, p=0.5):
        super().__init__()
        if not 0 <= p < 1:
            raise ValueError(p)
        self.p = p

    def forward(self, x):
        return self.thinned(x) if self.training else x

    def thinned(self, x):
        return x * (torch.rand(x.shape) >= self.p).to(x.dtype) / (1 - self.p)
