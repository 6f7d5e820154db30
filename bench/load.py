"""A small load generator: keeps connections open and asks for one page after the other.

`python -m bench.load PORT SECONDS CONNECTIONS` reads paths from standard input and prints `{"rps", "bad", "bytes"}`.
"""

import http.client
import json
import random
import sys
import threading
import time


def ask(port: int, paths: list[str], until: float, counts: dict[str, int], lock: threading.Lock, seed: int) -> None:
    """Ask over one connection until the time is up."""
    draw = random.Random(seed)
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    good = bad = size = 0
    while time.perf_counter() < until:
        try:
            connection.request("GET", draw.choice(paths))
            response = connection.getresponse()
            size += len(response.read())
            good, bad = good + (response.status == 200), bad + (response.status != 200)
        except (http.client.HTTPException, OSError):
            # The server may close a kept connection; the next request opens another.
            connection.close()
    with lock:
        counts["good"] += good
        counts["bad"] += bad
        counts["bytes"] += size


def main(port: int, seconds: float, connections: int) -> None:
    """Run and print the result."""
    paths = sys.stdin.read().split()
    counts, lock = {"good": 0, "bad": 0, "bytes": 0}, threading.Lock()
    began = time.perf_counter()
    threads = [
        threading.Thread(target=ask, args=(port, paths, began + seconds, counts, lock, seed))
        for seed in range(connections)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    rate = counts["good"] / (time.perf_counter() - began)
    print(json.dumps({"rps": rate, "bad": counts["bad"], "bytes": counts["bytes"] // max(counts["good"], 1)}))


if __name__ == "__main__":
    main(int(sys.argv[1]), float(sys.argv[2]), int(sys.argv[3]))
