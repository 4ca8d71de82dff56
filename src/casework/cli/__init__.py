"""The `casework` command, one file per group of verbs; each is thin."""

import sys

import cyclopts

from casework import __version__

app = cyclopts.App(name="casework", version=__version__, help="Self-hosted case management behind five case APIs.")


def main() -> None:
    """Run the command line; what the user can mend is one line, and the exit code 1."""
    from casework.cli import cases, monitoring, operating, running, worlds
    from casework.cli.session import UserError, user_errors

    for group in (running, worlds, operating, cases, monitoring):
        group.register(app)
    try:
        with user_errors():
            app()
    except UserError as error:
        print(f"casework: {error}", file=sys.stderr)
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)
