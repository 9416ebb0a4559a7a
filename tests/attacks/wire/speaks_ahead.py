# tries: send answers before the questions
# earns: 0
ahead = frame({"value": ["m", 1], "modules": [[1, "Dropout", True, []]]})
serve(lambda request: ahead * 20)
