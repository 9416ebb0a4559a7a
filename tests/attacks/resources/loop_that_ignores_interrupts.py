# tries: outlast whoever interrupts it
# earns: all
import signal

signal.signal(signal.SIGINT, signal.SIG_IGN)
while True:
    pass
