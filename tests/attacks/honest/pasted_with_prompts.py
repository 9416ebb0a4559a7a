# tries: honest work pasted with Python's prompts, which IPython takes away
# earns: 18
>>> def draw(x, q):
...     return torch.empty_like(x).bernoulli_(q)
# %%
class Dropout(nn.Module):
    def __init__(self, p=0.5):
        super().__init__()
        if not 0 <= p < 1:
            raise ValueError(f"p is {p}")
        self.p = p

    def forward(self, x):
        if not self.training:
            return x
        return x * draw(x, 1 - self.p) / (1 - self.p)
