"""How valid the checks are: right work that they reject and wrong work that they accept.

`NAME/right/*.py` and `NAME/wrong/*.py` hold solutions as students write them. The first line of a
wrong one is a comment with the id of the message that it should get: `# dropout.not-rescaled`.
"""
