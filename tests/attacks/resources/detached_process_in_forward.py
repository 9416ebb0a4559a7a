# tries: leave a process behind from within a test
# earns: all
import os
import time


def forward(self, x, right=Dropout.forward):
    if os.fork() == 0:
        os.setsid()
        time.sleep(10**6)
    return right(self, x)


Dropout.forward = forward
