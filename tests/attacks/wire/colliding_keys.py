# tries: burn the checker's time with a dictionary whose keys all have one hash
# earns: 0
M = (1 << 61) - 1
N = 60000
pairs = ["d", *[[k * M, 0] for k in range(1, N)]]
serve(lambda request: {"value": pairs}, other=lambda request: {"value": pairs})
