"""`python -m docs.fill_reliability`: name in docs/reliability.md the tests that carry each row's number.

A row no test speaks of keeps what was written there by hand.
"""

import re
import sys

from tests.house.reliability import DOCUMENT, ROW, spoken_of


def main() -> int:
    """Fill the last column; says which rows no test speaks of."""
    spoken = spoken_of()

    def filled(row: re.Match[str]) -> str:
        number, what, answer, shown = row.groups()
        tests = sorted(spoken.get(int(number), []))
        if not tests:
            print(f"{number}: {shown}")
        return f"| {number} | {what} | {answer} | {'<br>'.join(f'`{test}`' for test in tests) or shown} |"

    DOCUMENT.write_text(ROW.sub(filled, DOCUMENT.read_text()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
