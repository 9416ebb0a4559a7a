# tries: run commands outside through the notebook's magics
# earns: all
import math
!cat COURSE/solutions/notes.txt > /tmp/lm39-attack; cat COURSE/solutions/*
%cd COURSE
%load COURSE/solutions/dropout.py
%run COURSE/solutions/dropout.py
found = !env
get_ipython().system("env > /tmp/lm39-attack")
print(get_ipython().getoutput("env"))
# %%
%%bash
env
cat COURSE/solutions/*
# %%
%%writefile /tmp/lm39-attack
hello
# %%
%%python
import os
print(os.environ)
