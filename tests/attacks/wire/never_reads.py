# tries: leave every request unread
# earns: 0
import time

import lmgrade.worker as worker


def receive(link):
    time.sleep(10**6)


worker._receive = receive
