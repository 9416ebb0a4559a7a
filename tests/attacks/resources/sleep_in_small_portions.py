# tries: look alive by computing a little now and then, and never end
# earns: all
import time

while True:
    time.sleep(0.4)
    sum(range(10**6))
