# tries: honest work with a pool of eight processes, and a thread for each of 32 cores
# earns: all
# %%
torch.set_num_threads(32)
print((torch.randn(1000, 1000) @ torch.randn(1000, 1000)).sum())
# %%
import multiprocessing, os, time
def work(number):
    time.sleep(0.1)
    return number
with multiprocessing.get_context("fork").Pool(8) as pool:
    print(sum(pool.map(work, range(64))), os.cpu_count())
