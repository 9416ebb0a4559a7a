# tries: let a child go on speaking after the worker is gone
# earns: 0
if os.fork() == 0:
    while True:
        say(frame({"value": ["l"]}))
        time.sleep(0.01)
os._exit(0)
