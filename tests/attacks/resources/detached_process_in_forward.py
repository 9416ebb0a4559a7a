# tries: leave a process behind from within a test
# earns: all
import os
import time


def forward(self, x, right=Dropout.forward):
    if not getattr(Dropout, "child", None):
        Dropout.child = os.fork()
        if Dropout.child == 0:
            os.setsid()
            time.sleep(10**6)
    return right(self, x)


Dropout.forward = forward
