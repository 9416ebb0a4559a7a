# tries: honest work with buffers of a rare dtype, a lazy one, hooks, a Generator, and deep copies
# earns: all
import copy
class Base(Dropout): pass
class Dropout(Base):
    def __init__(self, p=0.5):
        super().__init__(p)
        self.register_buffer("tiny", torch.zeros(3).to(torch.float8_e4m3fn), persistent=False)
        self.register_buffer("none", None)
        self.register_forward_hook(lambda m, a, out: None)
        self.calls = {"n": [0]}
    def __getattr__(self, name):
        return super().__getattr__(name)
    def forward(self, x):
        self.calls["n"][0] += 1
        return super().forward(x)
copy.deepcopy(Dropout(0.1))
