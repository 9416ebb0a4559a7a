# tries: honest work that leaves a pool, a busy process, one that sleeps and one that has ended
# earns: all
# %%
import multiprocessing
import subprocess

forks = multiprocessing.get_context("fork")


def train():
    while True:
        sum(range(1000))


busy = forks.Process(target=train, daemon=True)
busy.start()
ended = subprocess.Popen(["true"])
asleep = subprocess.Popen(["sleep", "1000"])
pool = forks.Pool(2)
print(pool.map(abs, [-1, 2]))
