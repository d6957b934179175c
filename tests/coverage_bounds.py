"""Hold the branch coverage of each package against its bound; run by `make test COVERAGE=1`."""

import sys

import coverage

BOUNDS_PERCENT = {"core": 90.0, "state": 90.0, "bot": 90.0, "web": 90.0, "sandbox": 90.0}


def main() -> int:
    measured = coverage.Coverage()
    measured.combine()
    measured.load()
    failures = []
    for package, bound in BOUNDS_PERCENT.items():
        percent = _branch_percent(measured, package)
        print(f"coverage {package}: {percent:.1f} % of branches (bound {bound:.0f} %)")
        if percent < bound:
            failures.append(package)
    if failures:
        measured.report(
            include=[f"{package}/*" for package in failures], show_missing=True, skip_covered=True
        )
        print(f"Branch coverage is under its bound in: {', '.join(failures)}", file=sys.stderr)
        return 1
    return 0


def _branch_percent(measured: coverage.Coverage, package: str) -> float:
    covered = total = 0
    for path in measured.get_data().measured_files():
        if f"/{package}/" not in path:
            continue
        numbers = measured._analyze(path).numbers
        covered += numbers.n_branches - numbers.n_missing_branches
        total += numbers.n_branches
    return 100.0 * covered / total if total else 0.0


if __name__ == "__main__":
    sys.exit(main())
