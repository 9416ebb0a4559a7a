# tries: honest work
# earns: all
