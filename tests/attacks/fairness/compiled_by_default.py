# tries: honest work that torch.compile speeds up at home
# earns: all
@torch.compile
def mask(x, p):
    return (torch.rand(x.shape) >= p).to(x.dtype)


class Dropout(Dropout):
    @torch.compile
    def forward(self, x):
        return x * mask(x, self.p) / (1 - self.p) if self.training else x
