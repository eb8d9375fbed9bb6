"""Writes vectors/zone-offsets-2025-2028.txt from PyPI tzdata==2026.6, never from the host's zones.

Run in a throwaway environment: python -m venv v && v/bin/pip install tzdata==2026.6
then v/bin/python tests/tools/zone_offsets.py > tests/vectors/zone-offsets-2025-2028.txt
"""

import zoneinfo
from datetime import datetime, timezone

import tzdata

zoneinfo.reset_tzpath(to=[])
START = int(datetime(2025, 1, 1, tzinfo=timezone.utc).timestamp())
END = int(datetime(2029, 1, 1, tzinfo=timezone.utc).timestamp())
STEP = 900


def offset(zone, second):
    return int(datetime.fromtimestamp(second, zone).utcoffset().total_seconds())


def change(zone, low, high):
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if offset(zone, middle) == offset(zone, low) else (low, middle)
    return high


def main():
    print("# UTC offsets over [2025-01-01Z, 2029-01-01Z): name, first offset, then second:offset at each change.")
    print("# Source: Python zoneinfo over PyPI tzdata", tzdata.__version__, "by tests/tools/zone_offsets.py")
    print("# release", tzdata.IANA_VERSION)
    for name in sorted(zoneinfo.available_timezones()):
        zone = zoneinfo.ZoneInfo(name)
        previous = offset(zone, START)
        fields = [name, str(previous)]
        for second in range(START + STEP, END, STEP):
            now = offset(zone, second)
            if now != previous:
                fields.append(f"{change(zone, second - STEP, second)}:{now}")
                previous = now
        print(*fields)


main()
