# tries: read the instructor's environment
# earns: all
import os
import subprocess

print(os.environ)
try:
    print(subprocess.run(["/usr/bin/env"], capture_output=True, text=True).stdout)
    print(open("/proc/self/environ").read())
except OSError as error:
    print(error)
