# tries: fill the notebook with one line of 30 megabytes
# earns: all
print("x" * (30 << 20))
