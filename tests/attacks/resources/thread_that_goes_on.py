# tries: compute in a thread while the tests run
# earns: all
import threading


def spin():
    while True:
        pass


threading.Thread(target=spin, daemon=True).start()
