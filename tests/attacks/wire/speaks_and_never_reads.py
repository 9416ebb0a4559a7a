# tries: keep the checker in its own sentence by speaking all the time
# earns: 0
say(frame({"value": ["d", ["output", ""], ["error", None]]}))
while True:
    say(bytes(1))
    time.sleep(0.01)
