"""The gazetteer: names, files, distances, what lies in what, and the building of one."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tolltrace.resolving import gazetteer_build as building
from tolltrace.resolving import gazetteer_sources as sources
from tolltrace.resolving.gazetteer import COLUMNS, Entry, Gazetteer, GazetteerError, contains, distance_km
from tolltrace.resolving.place_names import key, likeness, normalize

NAMES = st.text(alphabet="abcdefghijklmnopqrstuvwxyzâêîû -'", min_size=1, max_size=20)


@pytest.fixture(scope="module")
def shipped() -> Gazetteer:
    return Gazetteer.load()


def entry(identity: str, name: str, lat: float, lon: float, **fields: object) -> Entry:
    blank = Entry(identity, name, (), lat, lon, "place", "SY", "", "", 0, 0.0, (), "test")
    return replace(blank, **fields)  # type: ignore[arg-type]


@given(NAMES)
def test_a_key_is_its_own_key(name: str) -> None:
    assert key(key(name)) == key(name)


@given(
    st.text(alphabet="bdfjkmnqrstz", min_size=1, max_size=3),
    st.sampled_from(["al-", "Al ", "ash-", "ad-", "el-", "an "]),
)
def test_article_and_marks_change_no_key(core: str, article: str) -> None:
    name = f"{core}a{core}"
    assert key(article + name) == key(name)
    assert key(name.replace("a", "ā")) == key(name)
    assert key(name.replace("a", "a'a")) == key(name)


@given(st.text(max_size=20))
def test_every_text_has_forms(name: str) -> None:
    assert normalize(normalize(name)) == normalize(name)
    assert isinstance(key(name), str)
    assert 0 <= likeness(name, "Hasaka") <= 1


@pytest.mark.parametrize(
    "spellings",
    [
        ["Hasaka", "Hasakeh", "al-Hasakah", "Al-Ḩasakah", "Hassakeh"],
        ["Deir ez-Zor", "Deir al-Zour", "Dayr az Zawr"],
        ["Hodeidah", "al-Hudaydah", "Hodeida"],
        ["Maarat al-Numan", "Ma‘arrat an Nu‘mān"],
        ["Tel Rifaat", "Tall Rif‘at", "Tal Rifat"],
        ["Jisr al-Shughour", "Jisr ash Shughur"],
    ],
)
def test_variants_are_one_name(spellings: list[str]) -> None:
    assert len({key(name) for name in spellings}) == 1
    assert all(likeness(spellings[0], name) >= 0.95 for name in spellings)


def test_different_names_are_not_alike() -> None:
    assert likeness("Hama", "Homs") < 0.8
    assert key("Hama") != key("Homs")
    assert likeness("Rafah", "Rif") == 0


def test_shipped_gazetteer_is_whole(shipped: Gazetteer) -> None:
    assert len(shipped) > 40_000
    provinces = {(e.country, e.name) for e in shipped if e.kind == "province"}
    listed = [e for e in shipped if e.source.startswith("by hand")]
    assert not [e.name for e in listed if e.province and (e.country, e.province) not in provinces]
    assert not [part for e in listed for part in e.parts if ":" in part and tuple(part.split(":")) not in provinces]
    assert all(e.source for e in shipped)


def test_shipped_keys_are_those_of_the_code(shipped: Gazetteer) -> None:
    for number, place in enumerate(shipped):
        if number % 50 == 0:
            assert all(place in shipped.sounding_like(name) for name in place.names if key(name))


@pytest.mark.parametrize("name", ["Hasaka", "Hasakeh", "Al-Hasakah", "Hassakeh"])
def test_hasaka_is_found_by_any_name(shipped: Gazetteer, name: str) -> None:
    found = [e for e, like in shipped.named(name) if like >= 0.95]
    assert {"place", "province"} <= {e.kind for e in found if e.country == "SY"}


def test_distance() -> None:
    london, paris = entry("a", "London", 51.5074, -0.1278), entry("b", "Paris", 48.8566, 2.3522)
    assert distance_km(london, paris) == pytest.approx(343.6, abs=1)
    assert distance_km(london, london) == 0
    assert distance_km(entry("a", "A", 0, 0), entry("b", "B", 0, 180)) == pytest.approx(20015, abs=1)


def test_contains(shipped: Gazetteer) -> None:
    hajin = next(e for e, _ in shipped.named("Hajin") if e.country == "SY")
    syria, iraq, zor = shipped["tt:SY"], shipped["tt:IQ"], shipped["gn1:SY.07"]
    assert contains(syria, hajin) and contains(zor, hajin) and contains(syria, zor)
    assert not contains(hajin, zor) and not contains(iraq, hajin) and not contains(syria, syria)
    darfur = shipped["tt:r-darfur"]
    assert contains(darfur, shipped["gn1:SD.55"]) and not contains(darfur, shipped["gn1:SD.56"])
    ghouta = shipped["tt:r-eastern-ghouta"]
    douma = next(e for e, _ in shipped.named("Douma") if e.country == "SY" and e.kind == "place" and e.population > 0)
    assert contains(ghouta, douma) and not contains(ghouta, hajin) and not contains(ghouta, syria)
    assert contains(
        entry("d", "D", 0, 0, kind="district", province="P"), entry("x", "X", 0, 0, province="P", district="D")
    )


def test_a_users_file_and_added_names(tmp_path: Path) -> None:
    first, second = tmp_path / "first.tsv", tmp_path / "second.tsv"
    building.write(first, [entry("x:1", "Qarya", 35.0, 40.0, source="mine")], "note")
    row = dict.fromkeys(COLUMNS, "") | {"id": "x:1", "alternates": "Dayaa"}
    second.write_text("\t".join(COLUMNS) + "\n" + "\t".join(row.values()) + "\n", encoding="utf-8")
    gazetteer = Gazetteer.load(first, second)
    assert gazetteer.named("al-Qaryah")[0][0].lat == 35.0
    assert gazetteer.named("Dayaa")[0][0].id == "x:1"
    assert gazetteer["x:1"].source == "mine"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"lat": "95"}, "lat must lie"),
        ({"lat": "north"}, "could not convert"),
        ({"kind": "hamlet"}, "'hamlet' is none of"),
        ({"name": ""}, "the name is empty"),
        ({"id": ""}, "has no id"),
        ({"lat": "", "lon": ""}, "no file before names it"),
    ],
)
def test_broken_rows_are_named(tmp_path: Path, change: dict[str, str], message: str) -> None:
    row = (
        dict.fromkeys(COLUMNS, "") | {"id": "x:1", "name": "Qarya", "lat": "35", "lon": "40", "kind": "place"} | change
    )
    path = tmp_path / "places.tsv"
    path.write_text("\t".join(COLUMNS) + "\n" + "\t".join(row.values()) + "\n", encoding="utf-8")
    with pytest.raises(GazetteerError, match=message) as caught:
        Gazetteer.load(path)
    assert "places.tsv:2" in str(caught.value)


def test_other_files_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "places.tsv"
    path.write_text("a\tb\n", encoding="utf-8")
    with pytest.raises(GazetteerError, match=r"places\.tsv:1: the columns must be"):
        Gazetteer.load(path)
    path.write_text("", encoding="utf-8")
    with pytest.raises(GazetteerError, match="no header"):
        Gazetteer.load(path)
    with pytest.raises(GazetteerError, match="cannot be read"):
        Gazetteer.load(tmp_path / "none.tsv")


def dump_row(number: int, name: str, alternates: str, lat: float, lon: float, code: str, **cells: str) -> str:
    kind = "A" if code.startswith("ADM") else "P"
    row = [str(number), name, name, alternates, str(lat), str(lon), kind, code, cells.get("country", "SY"), ""]
    row += [cells.get("admin1", "09"), cells.get("admin2", ""), "", "", cells.get("people", "0"), "", "", "", ""]
    return "\t".join(row)


def test_building_from_a_dump(tmp_path: Path) -> None:
    dump, admin1 = tmp_path / "allCountries.txt", tmp_path / "admin1CodesASCII.txt"
    dump.write_text(
        "\n".join(
            [
                dump_row(1, "Ḩalab", "Halab,Aleppo,ALP,حلب,Alep", 36.2, 37.16, "PPLA", people="1600000", admin2="A"),
                dump_row(2, "Qaryah", "", 36.6, 37.5, "PPL", people="400", admin2="A"),
                dump_row(3, "Lost", "", 36.6, 37.5, "PPLH"),
                dump_row(4, "Jabal Samʻān", "", 36.2, 37.0, "ADM2", admin2="A"),
                dump_row(5, "Paris", "", 48.85, 2.35, "PPLC", country="FR", admin1="11", people="2100000"),
                dump_row(6, "Hameau", "", 48.0, 2.0, "PPL", country="FR", admin1="11", people="300"),
                dump_row(7, "Some Peak", "", 36.0, 37.0, "MT").replace("\tP\t", "\tT\t"),
            ]
        )
        + "\n",
        encoding="utf-8",
    )
    admin1.write_text("SY.09\tAleppo\tAleppo\t170062\nFR.11\tÎle-de-France\tIle-de-France\t3012874\n", encoding="utf-8")
    settings = building.Settings(frozenset({"SY"}))
    made = building.build(sources.read_geonames(dump), settings, (), sources.read_admin1(admin1))
    out = tmp_path / "places.tsv.gz"
    assert building.write(out, made, "note") == len(made)
    first = out.read_bytes()
    building.write(out, made, "note")
    assert out.read_bytes() == first
    gazetteer = Gazetteer.load(out)
    assert {e.name for e in gazetteer if e.kind == "place"} == {"Ḩalab", "Qaryah", "Paris"}
    city = gazetteer["gn:1"]
    assert "Aleppo" in city.alternates and "ALP" not in city.alternates and "حلب" not in city.alternates
    assert (city.province, city.district) == ("Aleppo", "Jabal Samʻān")
    province = gazetteer["gn1:SY.09"]
    assert province.lat == pytest.approx(36.2, abs=0.01)  # nearly everybody lives in the city
    assert contains(province, city)
    assert any(e.kind == "district" and contains(e, gazetteer["gn:2"]) for e in gazetteer)


def test_a_broken_dump_is_named(tmp_path: Path) -> None:
    dump = tmp_path / "dump.txt"
    dump.write_text("1\tAleppo\n", encoding="utf-8")
    with pytest.raises(GazetteerError, match=r"dump\.txt:1: 2 cells; a GeoNames dump has 19"):
        list(sources.read_geonames(dump))


def test_merging_makes_one_of_two_makers_place() -> None:
    mine = entry("gn:1", "Ḩajīn", 34.69, 40.83, source="GeoNames")
    twin = entry("ucdp:1", "Hajin", 34.70, 40.84, district="Albu Kamal", source="UCDP")
    far = entry("ucdp:2", "Hajin", 36.0, 37.0, source="UCDP")
    merged = building.merge([mine], [twin, far])
    assert [e.id for e in merged] == ["gn:1", "ucdp:2"]
    assert (merged[0].district, merged[0].source) == ("Albu Kamal", "GeoNames; UCDP")
