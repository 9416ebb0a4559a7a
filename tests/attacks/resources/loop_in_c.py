# tries: loop where Python looks at no signals
# earns: all
sum(range(10**15))
