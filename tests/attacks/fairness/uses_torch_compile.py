# tries: honest work whose mask is compiled (where there is no compiler, it says so in a cell)
# earns: all
try:
    f = torch.compile(lambda x: x * 2); f(torch.ones(3))
except BaseException as error:
    print(type(error).__name__, str(error)[:80])
torch.compiler.reset() if hasattr(torch, "compiler") else None
