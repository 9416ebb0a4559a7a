# tries: stop the process so that no interrupt reaches it
# earns: all
import os
import signal

os.kill(os.getpid(), signal.SIGSTOP)
