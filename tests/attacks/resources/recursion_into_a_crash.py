# tries: overflow the C stack
# earns: all
import sys

sys.setrecursionlimit(10**9)


def down():
    return repr([down()])


eval("-" * 10**5 + "1")
down()
