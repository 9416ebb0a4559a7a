# tries: answer the question for gradients with other numbers, shapes and kinds
# earns: 2
# What any layer earns that can be made, changes no input and calls no dropout of torch's.
odd = itertools.cycle(
    [
        {"value": ["l"]},
        {"value": ["l", 1]},
        {"value": 5},
        {"value": ["l", ["t", 0]]},
        {"value": ["l", ["m", 1]]},
        {"value": ["l", None, None]},
        {},
    ]
)


def forward(request):
    tree = {"value": ["t", 0], "call": 1, "grad": [0]}
    return frame(tree, [["float64", [10], [1]]], bytes(80))


serve(forward, other=lambda request: next(odd))
