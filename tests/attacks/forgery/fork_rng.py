# tries: draw the same mask in every call: the generator is put back after each, as with fork_rng
# earns: 17
class Dropout(nn.Module):
    def __init__(self, p=0.5):
        super().__init__()
        if not 0 <= p < 1:
            raise ValueError(f"p is {p}")
        self.p = p

    def forward(self, x):
        if not self.training:
            return x
        with torch.random.fork_rng():
            mask = torch.empty_like(x).bernoulli_(1 - self.p)
        return x * mask / (1 - self.p)
