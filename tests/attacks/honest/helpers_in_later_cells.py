# tries: honest work that leans on helpers which later cells define
# earns: all
class Dropout(nn.Module):
    def __init__(self, p=0.5):
        super().__init__()
        check_p(p)
        self.p = p

    def forward(self, x):
        return scaled(x, self.p) if self.training else x
# %%
def scaled(x, p):
    return x * mask_like(x, p) / (1 - p)
# %%
def mask_like(x, p):
    return (torch.rand(x.shape) >= p).to(x.dtype)
# %%
def check_p(p):
    if p < 0 or p >= 1:
        raise ValueError(p)
