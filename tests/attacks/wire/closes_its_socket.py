# tries: hang up and go on
# earns: 0
os.close(3)
while True:
    pass
