# tries: start programs with as much environment and as many arguments as can be
# earns: all
import os, subprocess
e = {f"X{n}": "x" * 120_000 for n in range(15)}
try: print(subprocess.run(["true"], env=e).returncode)
except OSError as error: print(error)
os.environ.clear()
for n in range(2000): os.environ[f"LD_PRELOAD{n}"] = "x" * 1000
os.environ["LD_PRELOAD"] = "/submission/evil.so"; os.environ["PYTHONSTARTUP"] = "/submission/x.py"
