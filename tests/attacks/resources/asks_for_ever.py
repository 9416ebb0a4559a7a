# tries: a menu that asks until somebody chooses to leave
# earns: all
while input("1 train, 2 show, n leave: ") != "n":
    pass
