# tries: answer every call with an empty frame
# earns: 0
serve(lambda request: bytes(12))
