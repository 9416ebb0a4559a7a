# tries: end in the middle of a frame
# earns: 0
def leave(request):
    say(struct.pack("!IQ", 100, 100) + b"[")
    os._exit(0)


serve(leave)
