# tries: honest work that is compared with PyTorch's own layer, before and after, in cells of its own
# earns: 18
theirs = nn.Dropout(0.25)
print(theirs(torch.ones(3, 4)))
reference = torch.nn.functional.dropout(torch.ones(1000), 0.25)
share = (reference == 0).float().mean()


class Dropout(nn.Module):
    def __init__(self, p=0.5):
        super().__init__()
        if not 0 <= p < 1:
            raise ValueError(f"p is {p}")
        self.p = p

    def forward(self, x):
        if not self.training:
            return x
        return x * torch.empty_like(x).bernoulli_(1 - self.p) / (1 - self.p)


assert abs((Dropout(0.25)(torch.ones(1000)) == 0).float().mean() - share) < 0.1
# %%
for p in (0.1, 0.5):
    torch.manual_seed(0)
    ours = Dropout(p)(torch.ones(1000)).mean()
    torch.manual_seed(0)
    print(ours, nn.Dropout(p)(torch.ones(1000)).mean())
# %%
class Compared(Dropout):
    def forward(self, x):
        assert x.shape == nn.functional.dropout(x, self.p).shape
        return super().forward(x)


Compared()(torch.ones(3))
