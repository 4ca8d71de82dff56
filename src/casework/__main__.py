"""`python -m casework`."""

from casework.cli import main

main()
