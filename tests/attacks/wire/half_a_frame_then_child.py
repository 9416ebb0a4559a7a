# tries: send half a frame, let a child finish it after a sleep, and write two frames at once
# earns: 0
turn = itertools.count()
def forward(request):
    whole = frame({"value": ["a", 0]})
    if next(turn) % 3 == 0:
        say(whole[:20])
        if os.fork() == 0:
            time.sleep(0.3); say(whole[20:]); os._exit(0)
        time.sleep(0.5); return b""
    return whole + whole[:3]
serve(forward)
