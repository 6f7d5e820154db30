"""The benchmarks' yardstick measures right."""

import json
from pathlib import Path

import pytest

from bench import harness

pytestmark = pytest.mark.once


def test_a_percentile_is_a_measured_value() -> None:
    assert harness.percentile(range(1, 101), 0.95) == 95
    assert harness.p95([3.0]) == 3.0
    assert harness.median([5, 1, 3]) == 3
    with pytest.raises(ValueError, match="no values"):
        harness.p95([])


@pytest.mark.parametrize(
    ("figure", "goal", "higher_is_better", "ok"), [(9, 10, False, True), (11, 10, False, False), (11, 10, True, True)]
)
def test_a_claim_is_kept_with_its_verdict(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, figure: float, goal: float, higher_is_better: bool, ok: bool
) -> None:
    monkeypatch.setattr(harness, "RESULTS", tmp_path / "new" / "results.jsonl")
    harness.claim("names", figure, "ms", 2, goal, higher_is_better)
    harness.claim("names", figure, "ms", 2, goal, higher_is_better)
    lines = harness.RESULTS.read_text().splitlines()
    row = json.loads(lines[1])
    assert set(row) == {"name", "figure", "unit", "limit", "ratio", "goal", "ok", "at"}
    assert (row["ok"], row["ratio"]) == (ok, figure / 2)
    assert len(harness.missed(lines)) == (0 if ok else 2)
