# tries: change results that were handed out long ago, and inputs that were lent
# earns: 5
# What a layer earns that returns x and calls no dropout of torch's.
def forward(request):
    zeros = ["float32", [120_000], [1]]
    changes = {"exports": [[number, 0] for number in range(50)], "lent": [[0, 7]], "export": [7]}
    return frame({"value": ["a", 0], **changes}, [zeros], bytes(480_000))


serve(forward)
