# tries: send an answer so slowly that it never ends and is never silent
# earns: 0
say(struct.pack("!IQ", 8 << 20, 0))
while True:
    say(b" ")
    time.sleep(0.02)
