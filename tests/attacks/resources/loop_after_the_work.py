# tries: keep a core busy for good
# earns: all
while True:
    pass
