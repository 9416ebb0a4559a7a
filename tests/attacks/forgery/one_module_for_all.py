# tries: be one and the same module whatever is made, so that modes and rates are shared
# earns: 14
class Dropout(nn.Module):
    def __init__(self, p=0.5):
        super().__init__()
        if not 0 <= p < 1:
            raise ValueError(f"p is {p}")
        self.p = p

    one = None
    def __new__(cls, p=0.5):
        if not 0 <= p < 1:
            raise ValueError("p")
        if cls.one is None:
            cls.one = object.__new__(cls)
        return cls.one
    def forward(self, x):
        if not self.training:
            return x
        return x * torch.empty_like(x).bernoulli_(1 - self.p) / (1 - self.p)
