# tries: look alive by computing a little now and then, and never end
# earns: all
import time

while True:
    time.sleep(0.2)
    sum(range(3 * 10**6))
