# Ada's work is right, and is written differently from our solution.

# %% keep-mask
def keep_mask(x, p):
    """A mask for `x`: 1 where an element is kept, 0 where it is dropped."""
    return (torch.rand(x.shape) >= p).to(x.dtype)


# %% dropout-solution
class Dropout(nn.Module):
    """Inverted dropout."""

    def __init__(self, p: float = 0.5) -> None:
        super().__init__()
        if p < 0 or p >= 1:
            raise ValueError("p must be in [0, 1)")
        self.p = p

    def forward(self, x):
        if self.training:
            return keep_mask(x, self.p) * x / (1 - self.p)
        return x


# %% double-rescaling [markdown]
# In evaluation all activations are there, so dividing makes every sum too large, by 1 / (1 - p).
# The training loss comes from the other branch, which is right.
