"""All benchmarks, one after another: ``python -m tests.benchmarks [NAME…]``."""

import importlib
import pkgutil
import sys

import tests.benchmarks

names = [
    module.name
    for module in pkgutil.iter_modules(tests.benchmarks.__path__)
    if module.name not in ("__main__", "years")
]
for name in sys.argv[1:] or names:
    print(f"== {name}", flush=True)  # noqa: T201
    importlib.import_module(f"tests.benchmarks.{name}").main()
