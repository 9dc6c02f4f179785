"""Check a store: ``python -m ordercore.testing package.module:factory``."""

import sys

from ordercore.testing.contract.command import leave, main

if __name__ == "__main__":
    leave(main(sys.argv[1:]))
