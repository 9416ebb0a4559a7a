# tries: honest work that scripts its mask function
# earns: all
@torch.jit.script
def mask(x: torch.Tensor, p: float) -> torch.Tensor:
    return torch.empty_like(x).bernoulli_(1 - p)
def forward(self, x):
    return x * mask(x, float(self.p)) / (1 - self.p) if self.training else x
Dropout.forward = forward
