# tries: claim that a call took no products, no calls and no nodes
# earns: 5
# What a layer earns that returns x and calls no dropout of torch's.
serve(
    lambda request: {"value": ["a", 0], "measured": 0, "count": 0, "calls": {}},
    other=lambda request: {"value": 0},
)
