from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from ingestion.formats import open_source
from models.errors import InvalidInputError
from models.tables import DepartureRow, UnitRow

FRENCH = (
    "Matricule;Nom;Prénom;Courriel;Service;Lieu;Fonction;Langues;Date d'embauche;Date de départ prévue;"
    "Départ annoncé;Compétences;Présentation;Date de naissance;Sexe\n"
    "1001;Arsenault-Roy;Ginette;Ginette@Ville.example;Voirie;Dépôt Nord;Contremaîtresse;français, anglais (base);"
    "13/10/1994;31/03/2027;oui;déneigement, verglas;Avant 6 h.;1961-02-03;F\n"
)


def departures(store) -> list[DepartureRow]:
    with store.read() as session:
        rows = list(session.scalars(select(DepartureRow)))
        session.expunge_all()
    return rows


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252", "utf-16-le"])
def test_every_encoding_an_office_uses_gives_the_same_person(imported, people, encoding) -> None:
    imported("people", FRENCH.encode(encoding), "rh.csv")
    person = people()["1001"]
    assert (person.name, person.site, person.job_title) == ("Ginette Arsenault-Roy", "Dépôt Nord", "Contremaîtresse")
    assert person.languages == ["fr", "en"]
    assert person.joined_on == date(1994, 10, 13)
    assert person.in_directory


@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
def test_the_delimiter_is_the_one_that_gives_known_columns(imported, people, delimiter) -> None:
    header, row = ["Employee ID", "Full name", "E-mail"], ["7", "Ann Roy", "ann@ville.example"]
    imported("people", "\n".join([delimiter.join(header), delimiter.join(row)]), "people.csv")
    assert people()["7"].name == "Ann Roy"


def test_english_columns_with_first_and_last_name_are_read(imported, people, documents, sqlite_store) -> None:
    content = (
        "EMPLOYEE_ID,First Name,Last Name,Email,Department,Office,Job Title,Skills,Bio,Retirement date\n"
        '9,Ann,Roy,ann@x.example,Water,North,Chemist,"assays, chlorine",I answer.,2027\n'
    )
    imported("people", content, "people.csv")
    assert people()["9"].name == "Ann Roy"
    assert documents()["profile/9"].text.endswith("assays, chlorine\nI answer.")
    [departure] = departures(sqlite_store)
    assert (departure.earliest, departure.latest) == (date(2027, 1, 1), date(2027, 12, 31))
    with sqlite_store.read() as session:
        assert session.scalars(select(UnitRow.name)).all() == ["Water"]


def test_a_departure_is_declared_by_the_office_and_withdrawn_by_an_empty_cell(imported, sqlite_store) -> None:
    imported("people", FRENCH, "rh.csv")
    [departure] = departures(sqlite_store)
    assert (departure.earliest, departure.latest, departure.announced) == (date(2027, 3, 31), date(2027, 3, 31), True)
    assert departure.declared_by == "hr"
    imported("people", FRENCH.replace("31/03/2027;oui", ";"), "rh.csv")
    [departure] = departures(sqlite_store)
    assert departure.revoked_at is not None


def test_without_a_departure_column_no_departure_is_withdrawn(imported, sqlite_store) -> None:
    imported("people", FRENCH, "rh.csv")
    imported("people", "Matricule;Nom\n1001;Ginette Arsenault-Roy\n", "autre.csv")
    [departure] = departures(sqlite_store)
    assert departure.revoked_at is None


def test_columns_not_taken_are_named_in_the_report_and_nowhere_in_the_store(imported, sqlite_store) -> None:
    report = imported("people", FRENCH, "rh.csv")
    assert report.notes == ["columns not taken: Date de naissance, Sexe"]
    sqlite_store.close()
    home = sqlite_store.engine.url.database
    assert home is not None
    with open(home, "rb") as database:
        assert b"1961" not in database.read()


@pytest.mark.parametrize(
    ("header", "lacking"),
    [("Matricule;Courriel", "a name"), ("Nom;Service", "an id"), ("a;b", "a name .* and an id"), ("", "a name")],
)
def test_missing_columns_are_an_error_that_lists_what_is_there_and_what_is_accepted(imported, header, lacking) -> None:
    with pytest.raises(InvalidInputError, match=lacking) as raised:
        imported("people", f"{header}\n1;2\n", "rh.csv")
    assert all(f"'{column}'" in str(raised.value) for column in header.split(";") if column)
    assert "matricule" in str(raised.value) or "nom complet" in str(raised.value)


def test_without_an_id_column_the_address_is_the_id(imported, people) -> None:
    imported("people", "Nom;Courriel\nAnn Roy;Ann@X.example\n", "rh.csv")
    assert set(people()) == {"ann@x.example"}


def test_a_name_written_last_name_first_with_a_comma_is_turned(imported, people) -> None:
    imported("people", 'ID;Nom complet\n1;"Roy, Ann"\n', "rh.csv")
    assert people()["1"].name == "Ann Roy"


@pytest.mark.parametrize(
    ("dates", "day"),
    [(["03/04/2020", "25/12/2020"], date(2020, 4, 3)), (["03/04/2020", "12/25/2020"], date(2020, 3, 4))],
)
def test_one_proven_date_decides_the_order_of_the_whole_file(imported, people, dates, day) -> None:
    rows = "".join(f"{number};P {number};{written}\n" for number, written in enumerate(dates))
    imported("people", f"ID;Nom;Date d'embauche\n{rows}", "rh.csv")
    assert people()["0"].joined_on == day


def test_an_open_order_of_dates_is_an_error_that_asks_and_never_a_guess(imported, people) -> None:
    content = "ID;Nom;Date d'embauche\n1;Ann Roy;03/04/2020\n"
    with pytest.raises(InvalidInputError, match=r"--dates dmy.*--dates mdy"):
        imported("people", content, "rh.csv")
    assert people() == {}
    imported("people", content, "rh.csv", dates="mdy")
    assert people()["1"].joined_on == date(2020, 3, 4)


def test_dates_in_both_orders_are_an_error_that_shows_two_of_them(imported) -> None:
    content = "ID;Nom;Embauche\n1;A B;31/12/2020\n2;C D;12/31/2020\n"
    with pytest.raises(InvalidInputError, match=r"'31/12/2020' in line 2, '12/31/2020' in line 3"):
        imported("people", content, "rh.csv")


@pytest.mark.parametrize("cell", ["31/02/2020", "soon", "0000-00-00", "1/1/1", "9999-12-31", "2020-13-01", "45000"])
def test_an_absurd_date_costs_its_cell_and_not_the_person(imported, people, cell) -> None:
    content = f"ID;Nom;Embauche;Départ\n1;A B;{cell};{cell}\n2;C D;25/12/2020;2030-01-01\n"
    report = imported("people", content, "rh.csv")
    assert people()["1"].joined_on is None
    assert people()["2"].joined_on == date(2020, 12, 25)
    assert report.skipped == 2
    assert {skip.line for skip in report.skips} == {2}


def test_a_repeated_address_is_left_out_and_the_person_kept(imported, people) -> None:
    report = imported("people", "ID;Nom;Courriel\n1;A B;x@y.example\n2;C D;X@Y.example\n", "rh.csv")
    assert set(people()) == {"1", "2"}
    assert "duplicate e-mail address 'x@y.example', first seen at line 2" in report.skips[0].reason


def test_a_cell_may_hold_line_breaks_and_delimiters(imported, documents) -> None:
    report = imported("people", 'ID;Nom;Bio\n1;A B;"one;\ntwo"\n2;C D;x\n', "rh.csv")
    assert report.skipped == 0
    assert documents()["profile/1"].text == "one;\ntwo"


def test_a_quotation_mark_never_closed_costs_its_own_row_only(imported, people) -> None:
    report = imported(
        "people", 'ID;Nom;Bio\n1;A B;"open\n2;C D;x\n3;E F;"closed"\n4;G H;5" pipe\n5;I J;"a" b\n6;K L;"open', "rh.csv"
    )
    assert set(people()) == {"2", "3", "4", "5", "6"}
    assert [skip.line for skip in report.skips] == [2]


def test_too_many_cells_skip_the_row_and_too_few_are_empty(imported, people) -> None:
    report = imported("people", "ID;Nom;Bio\n1;A B;x;y\n2;C D\n3;E F;z;;\n", "rh.csv")
    assert set(people()) == {"2", "3"}
    assert report.skips[0].reason == "4 cells where the header has 3"


def test_excel_separator_lines_and_empty_lines_are_passed_over(imported, people) -> None:
    assert imported("people", "sep=;\n\nID;Nom\n;\n1;A B\n\n", "rh.csv").skipped == 0
    assert set(people()) == {"1"}


def test_unknown_languages_and_answers_are_said(imported, people) -> None:
    report = imported(
        "people", "ID;Nom;Langues;Départ;Annoncé\n1;A B;français et klingon;2030-01-01;peut-être\n", "rh.csv"
    )
    assert people()["1"].languages == ["fr"]
    assert ["klingon" in str(report.skips[0]), "peut-être" in str(report.skips[1])] == [True, True]


def test_nul_characters_are_dropped(imported, people) -> None:
    imported("people", b"ID;Nom\n1;A\x00nn Roy\n", "rh.csv")
    assert people()["1"].name == "Ann Roy"


def test_an_endless_line_is_skipped(imported, people, monkeypatch) -> None:
    monkeypatch.setattr("ingestion.csv_rows.LINE_CHARACTERS", 1000)
    report = imported("people", f"ID;Nom\n1;A B\n2;{'x' * 5000}\n3;C D\n", "rh.csv")
    assert set(people()) == {"1", "3"}
    assert [skip.line for skip in report.skips] == [3]


def test_a_workbook_is_an_error_that_says_how_to_save_it(imported) -> None:
    with pytest.raises(InvalidInputError, match="CSV UTF-8"):
        imported("people", b"PK\x03\x04rest", "rh.csv")


def test_a_folder_and_an_unknown_order_are_errors(folder) -> None:
    with pytest.raises(InvalidInputError, match="give the CSV file"):
        open_source("people", folder)
    (folder / "x.csv").write_text("ID;Nom\n")
    with pytest.raises(InvalidInputError, match="dmy, mdy, ymd"):
        open_source("people", folder / "x.csv", dates="d/m/y")
    with pytest.raises(InvalidInputError, match="Only the format 'people'"):
        open_source("records", folder / "x.csv", dates="dmy")


def test_the_default_name_is_people_whatever_the_file(folder) -> None:
    (folder / "export-2026.csv").write_text("ID;Nom\n")
    assert open_source("people", folder / "export-2026.csv").default_name() == "people"
