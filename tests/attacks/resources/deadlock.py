# tries: wait for a lock that nobody gives back
# earns: all
import threading

lock = threading.Lock()
lock.acquire()
lock.acquire()
