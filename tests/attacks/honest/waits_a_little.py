# tries: honest work that waits, as a download would
# earns: all
import time

time.sleep(0.5)
