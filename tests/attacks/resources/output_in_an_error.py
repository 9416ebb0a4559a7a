# tries: fill the feedback with an error of 30 megabytes
# earns: 0
class Dropout(nn.Module):
    def __init__(self, p=0.5):
        super().__init__()

    def forward(self, x):
        raise RuntimeError("x" * (30 << 20))


raise RuntimeError("y" * (30 << 20))
