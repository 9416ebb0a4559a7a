# tries: honest work that prints in a cell and in every call
# earns: all
import logging
import sys

print("x" * 10_000)
sys.stderr.write("on the other stream\n")
logging.warning("logged")


def forward(self, x, right=Dropout.forward):
    print("forward", x.shape, flush=True)
    sys.stdout.write(f"{self.p}\n")
    return right(self, x)


Dropout.forward = forward
