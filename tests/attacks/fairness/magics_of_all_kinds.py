# tries: honest work among magics: after a blank line, with options, in a file that is run
# earns: 18

%%capture
%timeit -n 1 -r 1 torch.ones(3).sum()
%timeit -r1 -n1 -q torch.ones(3).sum()
class Base(nn.Module):
    def __init__(self, p=0.5):
        super().__init__()
        if not 0 <= p < 1:
            raise ValueError(f"p is {p}")
        self.p = p
# %%
    %%time
    SCALE = 1
# %%
%%file mine.py
class Dropout(Base):
    def forward(self, x):
        if not self.training:
            return x
# %%
%%writefile -a mine.py
        return SCALE * x * torch.empty_like(x).bernoulli_(1 - self.p) / (1 - self.p)
# %%
%run mine.py
