# tries: wait for an answer that nobody types
# earns: all
import sys

sys.stdin.read()
print(open("/dev/stdin").read())
input("Your name? ")
