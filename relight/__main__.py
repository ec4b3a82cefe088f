"""`python -m relight` is the command line."""

from relight.cli import main

if __name__ == "__main__":
    main()
