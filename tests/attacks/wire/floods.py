# tries: send without being asked, and without end
# earns: 0
while True:
    say(bytes(1 << 16))
