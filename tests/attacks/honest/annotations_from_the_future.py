# tries: honest work whose first cell postpones annotations, which holds for all cells after it
# earns: 18
from __future__ import annotations
# %%
class Dropout(nn.Module):
    def __init__(self, p: float = 0.5):
        super().__init__()
        if not 0 <= p < 1:
            raise ValueError(f"p is {p}")
        self.p = p

    def copied(self) -> Dropout:
        return Dropout(self.p)

    def forward(self, x):
        if not self.training:
            return x
        return x * torch.empty_like(x).bernoulli_(1 - self.p) / (1 - self.p)
