# Ben's work is half right: nothing makes up for what is missing, evaluation drops as well, and
# p = 1 gets through.

# %% keep-mask
def keep_mask(x, p):
    """A mask for `x`: 1 where an element is kept, 0 where it is dropped."""
    return torch.ones_like(x).bernoulli_(1 - p)


# %% dropout-solution
class Dropout(nn.Module):
    """Inverted dropout."""

    def __init__(self, p: float = 0.5) -> None:
        super().__init__()
        if not 0 <= p <= 1:
            raise ValueError("p is a probability")
        self.p = p

    def forward(self, x):
        return x * keep_mask(x, self.p)


# %% double-rescaling [markdown]
# The numbers are wrong in evaluation.
