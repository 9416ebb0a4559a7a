# tries: hand in PyTorch's own layer
# earns: 0
class Dropout(nn.Dropout):
    def __init__(self, p=0.5):
        if not 0 <= p < 1:
            raise ValueError(f"p is {p}")
        super().__init__(p)
