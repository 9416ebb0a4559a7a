# tries: wait for good, using no computing time
# earns: all
import time

time.sleep(10**6)
