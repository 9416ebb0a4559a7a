# tries: honest work that prints megabytes in each call and to the descriptor
# earns: all
import os, sys
def loud(self, x, f=Dropout.forward):
    print("x" * 100_000); os.write(1, b"y" * 100_000); sys.stderr.write("z" * 1000)
    return f(self, x)
Dropout.forward = loud
