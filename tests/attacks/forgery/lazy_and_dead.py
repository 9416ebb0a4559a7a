# tries: parameters that have no memory yet, and modules that lose and change theirs between calls
# earns: 4
class Dropout(nn.Module):
    def __init__(self, p=0.5):
        super().__init__()
        self.lazy = nn.LazyLinear(3)
    def forward(self, x):
        return x
