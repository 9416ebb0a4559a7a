# tries: leave every request unread
# earns: 0
time.sleep(10**6)
