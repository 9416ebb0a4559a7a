# tries: honest work that uses threads and ends them
# earns: all
from concurrent.futures import ThreadPoolExecutor

with ThreadPoolExecutor(4) as executor:
    print(list(executor.map(lambda n: n * n, range(8))))
