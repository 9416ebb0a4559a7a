# tries: compile and load C through torch's extensions
# earns: all
try:
    from torch.utils.cpp_extension import load_inline
    m = load_inline("x", "int f(){return 1;}", functions=["f"])
    print(m.f())
except BaseException as error:
    print(type(error), str(error)[:100])
