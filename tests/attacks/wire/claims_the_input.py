# tries: claim that every result is the very tensor that was passed in
# earns: 5
# What a layer earns that returns x and calls no dropout of torch's.
serve(lambda request: {"value": ["a", 0]})
