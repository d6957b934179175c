"""Run every benchmark, or the named ones: python -m bench [NAME …], such as start or metrics."""

import importlib
import sys

BENCHMARKS = (
    "start", "http_cached", "dispatch", "pictures", "webhooks", "metrics", "former", "streams", "dashboard",
    "text", "stalled", "store",
)  # fmt: skip


def main() -> int:
    names = sys.argv[1:] or list(BENCHMARKS)
    if unknown := [name for name in names if name not in BENCHMARKS]:
        print(
            f"Unknown benchmark {', '.join(unknown)}. Known: {', '.join(BENCHMARKS)}.",
            file=sys.stderr,
        )
        return 2
    for name in names:
        module = importlib.import_module(f"bench.{name}")
        print(f"\n== {name}: {(module.__doc__ or '').splitlines()[0]}", flush=True)
        module.main()
    return 0


if __name__ == "__main__":
    sys.exit(main())
