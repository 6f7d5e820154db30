"""What the benchmarks share: a claim is a figure beside its limit, measured in the same run, and the goal for it.

`python -m bench.harness` runs every `bench/bench_*.py` one after the other and names the goals that were not reached.
"""

import json
import math
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
RESULTS = ROOT / "var" / "bench" / "results.jsonl"


def claim(name: str, figure: float, unit: str, limit: float, goal: float, higher_is_better: bool) -> None:
    """Print one line and append it to `var/bench/results.jsonl`.

    `figure` and `limit` are in `unit`, `limit` being what was measured beside it; `ratio` is figure / limit.
    `goal` is in `unit` as well: the figure must be at least that when higher is better, at most that otherwise.
    """
    ok = figure >= goal if higher_is_better else figure <= goal
    ratio = figure / limit if limit else math.inf
    sign = ">=" if higher_is_better else "<="
    verdict = "ok  " if ok else "MISS"
    said = f"{verdict} {name}: {figure:,.4g} {unit} (goal {sign} {goal:,.4g}; limit {limit:,.4g}, x{ratio:.3g})"
    print(said, flush=True)
    row = {
        "name": name,
        "figure": figure,
        "unit": unit,
        "limit": limit,
        "ratio": ratio if math.isfinite(ratio) else None,
        "goal": goal,
        "ok": ok,
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
    }
    RESULTS.parent.mkdir(parents=True, exist_ok=True)
    with RESULTS.open("a", encoding="utf-8") as results:
        results.write(json.dumps(row, ensure_ascii=False) + "\n")


def percentile(values: Iterable[float], share: float) -> float:
    """Return the value that `share` (0 to 1) of the values do not exceed: the nearest rank, never an invented one."""
    ordered = sorted(values)
    if not ordered:
        raise ValueError("no values")
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


def median(values: Iterable[float]) -> float:
    """Return the 50th percentile."""
    return percentile(values, 0.5)


def p95(values: Iterable[float]) -> float:
    """Return the 95th percentile."""
    return percentile(values, 0.95)


def milliseconds(action: Callable[[], Any]) -> float:
    """Run once and return how long it took in milliseconds."""
    began = time.perf_counter_ns()
    action()
    return (time.perf_counter_ns() - began) / 1e6


def times(action: Callable[[], Any], repeat: int, warm_up: int = 1) -> list[float]:
    """Run `warm_up` times unmeasured, then `repeat` times; return the milliseconds of each."""
    for _ in range(warm_up):
        action()
    return [milliseconds(action) for _ in range(repeat)]


def missed(lines: Sequence[str]) -> list[str]:
    """Return the claims among the lines of a results file that did not reach their goal, in words."""
    rows = [json.loads(line) for line in lines]
    return [
        f"{row['name']}: {row['figure']:,.4g} {row['unit']}, goal {row['goal']:,.4g}" for row in rows if not row["ok"]
    ]


def main() -> int:
    """Run all benchmarks; 0 even when goals are missed, 1 when a benchmark broke down."""
    before = len(RESULTS.read_text(encoding="utf-8").splitlines()) if RESULTS.exists() else 0
    broken = []
    for path in sorted(Path(__file__).parent.glob("bench_*.py")):
        print(f"\n=== {path.stem} ===", flush=True)
        if subprocess.run([sys.executable, "-m", f"bench.{path.stem}"], cwd=ROOT, check=False).returncode:
            broken.append(path.stem)
    lines = RESULTS.read_text(encoding="utf-8").splitlines()[before:] if RESULTS.exists() else []
    misses = missed(lines)
    print(f"\n=== {len(lines)} claims, {len(misses)} goals not reached ===")
    print("\n".join([*(f"not reached: {miss}" for miss in misses), *(f"BROKE DOWN: {name}" for name in broken)]))
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
