# tries: honest work that leaves a pool, a sleeping process and one that nobody waited for
# earns: all
# %%
import multiprocessing
import subprocess

ended = subprocess.Popen(["true"])
asleep = subprocess.Popen(["sleep", "1000"])
pool = multiprocessing.get_context("fork").Pool(2)
print(pool.map(abs, [-1, 2]))
