"""Build a gazetteer of places from a GeoNames dump, UCDP's places and the list of areas.

python scripts/build_gazetteer.py --geonames allCountries.txt --countries SY,IQ --out places.tsv
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from tolltrace.resolving import GAZETTEERS
from tolltrace.resolving import gazetteer_build as building
from tolltrace.resolving import gazetteer_sources as sources
from tolltrace.resolving.gazetteer import Gazetteer, GazetteerError

NOTICE = """Places for tolltrace: GeoNames (https://www.geonames.org, CC BY 4.0), changed: selected, names reduced;
UCDP GED 19.1 (https://ucdp.uu.se, CC BY 4.0), changed: names and kinds split; areas by hand. See PLACES.md."""


def main() -> None:
    """Read the command line, build, write, and read the result again."""
    parser = argparse.ArgumentParser(description="Build a gazetteer of places.")
    parser.add_argument("--geonames", type=Path, required=True, help="allCountries.txt, XX.txt or cities500.json")
    parser.add_argument("--countries", required=True, help="ISO codes, comma-separated; SY or SY:1000 (least people)")
    parser.add_argument("--smallest", type=int, default=0, help="least people of a settlement of these countries")
    parser.add_argument("--elsewhere", type=int, default=100_000, help="least people of a settlement elsewhere")
    parser.add_argument("--admin1", type=Path, help="admin1CodesASCII.txt: names of provinces")
    parser.add_argument("--areas", type=Path, default=GAZETTEERS / "areas.tsv", help="the hand-made list of areas")
    parser.add_argument("--ucdp", help="COUNTRY=FILE: places of UCDP GED, e.g. SY=ucdp_ged_syria_places.csv")
    parser.add_argument("--out", type=Path, required=True, help="places.tsv or places.tsv.gz")
    options = parser.parse_args()
    try:
        wanted = [item.strip().upper().partition(":") for item in options.countries.split(",") if item.strip()]
        settings = building.Settings(
            frozenset(country for country, _, _ in wanted),
            options.smallest,
            tuple((country, int(least)) for country, _, least in wanted if least),
            options.elsewhere,
        )
        areas = sources.read_areas(options.areas)
        admin1 = sources.read_admin1(options.admin1) if options.admin1 else None
        others = []
        if options.ucdp:
            country, _, path = options.ucdp.partition("=")
            others = list(sources.read_ucdp(Path(path), country, [a for a in areas if a.country == country]))
        entries = building.build(sources.read_geonames(options.geonames), settings, areas, admin1, others)
        rows = building.write(options.out, entries, NOTICE)
        Gazetteer.load(options.out)
    except (GazetteerError, OSError, ValueError) as error:
        raise SystemExit(f"build_gazetteer: {error}") from error
    print(f"{options.out}: {rows:,} places, {options.out.stat().st_size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
