# tries: honest work with magics of many kinds
# earns: all
%matplotlib inline
%load_ext autoreload
!pip install -q nothing
files = !ls
%time y = 1 + 1
x = %pwd
display(y); get_ipython().run_line_magic("x", "y")
print?
# %%
%%time
z = 3
# %%
%%timeit -n 1
z + 1
# %%
%%capture out
print(1)
