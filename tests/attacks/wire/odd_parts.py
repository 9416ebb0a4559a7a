# tries: report changes of things that do not exist
# earns: 0
import itertools

import lmgrade.worker as worker

odd = itertools.cycle(
    [
        ("modules", [[0, "x", True, [["a" + ".a" * 3000, 0, True]]]]),
        ("modules", [[[], "x", True, []]]),
        ("modules", [[0, "x", True, [["a", 999, True]]]]),
        ("modules", 5),
        ("mirrors", [[-1, 0, True]]),
        ("mirrors", [["0", 0, True]]),
        ("mirrors", [[0, 7, True]]),
        ("inputs", [[0, 99]]),
        ("exports", [[[], 0]]),
        ("seeded", "x"),
        ("seeded", 1e400),
        ("error", {"types": ["ExceptionGroup"], "message": "x"}),
        ("error", {"types": [[]], "message": {}}),
        ("error", 7),
        ("export", ["x"]),
        ("lent", [[99, 0]]),
        ("grad", ["x"]),
        ("call", []),
    ]
)
report = worker.Worker._report


def lie(self, reply, flat):
    report(self, reply, flat)
    name, value = next(odd)
    reply[name] = value


worker.Worker._report = lie


class Dropout(nn.Module):
    def __init__(self, p=0.5):
        super().__init__()
        self.w = nn.Parameter(torch.ones(1))

    def forward(self, x):
        return x * self.w
