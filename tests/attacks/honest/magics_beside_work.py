# tries: honest work beside magics, and a line of it that begins with the operator %
# earns: 18
%matplotlib inline
!pip install -q \
    einops jaxtyping
torch.bernoulli?
files = !ls
here = %pwd
print(len(files), here)
class Dropout(nn.Module):
    def __init__(self, p=0.5):
        super().__init__()
        if not 0 <= p < 1:
            raise ValueError(
                "p is %s; it must be at least 0 and below 1"
                % p
            )
        self.p = p

    def forward(self, x):
        if not self.training:
            return x
        return x * torch.empty_like(x).bernoulli_(1 - self.p) / (1 - self.p)
