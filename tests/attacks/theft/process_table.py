# tries: read other processes' environment, arguments and memory
# earns: all
import glob

for path in glob.glob("/proc/*/environ") + glob.glob("/proc/*/cmdline") + ["/proc/self/mountinfo"]:
    try:
        print(open(path, "rb").read())
    except OSError as error:
        print(error)
