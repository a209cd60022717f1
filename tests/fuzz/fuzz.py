"""./dev fuzz: runs libFuzzer targets for a while each, starting from the kept corpus; exit 1 when one of them finds something.

What is found is written to build/fuzz/findings; new inputs stay in build/fuzz/corpus and are kept by hand where they help.
"""
import argparse
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent


def main():
    parser = argparse.ArgumentParser(prog="./dev fuzz", description=__doc__)
    parser.add_argument("target", nargs="*", help="names of targets (default: all)")
    parser.add_argument("--minutes", type=float, default=1, help="for each target")
    parser.add_argument("--build", required=True, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    build = ROOT / arguments.build
    names = sorted(path.stem[: -len("_fuzz")] for path in (ROOT / "tests/fuzz").glob("*_fuzz.cc"))
    unknown = set(arguments.target) - set(names)
    if unknown:
        sys.exit(f"fuzz: no target {', '.join(sorted(unknown))}; there are {', '.join(names)}")
    failed = 0
    for name in arguments.target or names:
        program = build / "tests/fuzz" / f"fuzz_{name}"
        corpus, findings = build / "corpus" / name, build / "findings" / name
        for folder in (corpus, findings):
            folder.mkdir(parents=True, exist_ok=True)
        call = [str(program), f"-max_total_time={int(arguments.minutes * 60)}", "-print_final_stats=1", "-timeout=10", "-rss_limit_mb=2048",
                f"-artifact_prefix={findings}/", str(corpus), str(ROOT / "tests/fuzz/corpus" / name)]
        done = subprocess.run(call, stderr=subprocess.PIPE, text=True, errors="replace")
        executed = re.search(r"stat::number_of_executed_units:\s*(\d+)", done.stderr)
        print(f"{name}: {executed.group(1) if executed else '?'} executions in {arguments.minutes:g} min, "
              f"{'no finding' if done.returncode == 0 else 'FOUND SOMETHING'}", flush=True)
        if done.returncode:
            failed += 1
            print(done.stderr[-3000:], file=sys.stderr)
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
