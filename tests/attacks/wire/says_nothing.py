# tries: answer every call with nothing
# earns: 1
# It calls no dropout of torch's.
serve(lambda request: {})
