# tries: use up all inodes
# earns: all
for number in range(10**6):
    open(f"lm39-attack-{number}", "w").close()
