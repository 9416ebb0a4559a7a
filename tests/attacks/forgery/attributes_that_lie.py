# tries: confuse the stand-in with odd names of parameters and modules
# earns: 0
class Dropout(nn.Module):
    def __init__(self, p=0.5):
        super().__init__()
        for name in ("forward", "training", "_parameters", "__class__", "_lmgrade_session"):
            self._parameters[name] = nn.Parameter(torch.ones(1))
            self._modules[name] = nn.Linear(1, 1)
        self._parameters["a" + ".a" * 5000] = nn.Parameter(torch.ones(1))

    def forward(self, x):
        return x
