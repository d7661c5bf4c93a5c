from __future__ import annotations

import gzip
import io
import json
import os
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import docx
import pytest
from pypdf import PdfReader, PdfWriter
from reportlab.pdfgen.canvas import Canvas

GUIDE = """---
title: Amorcer la pompe
kind: practice
authors: [bv@ville.example, "Chloé Roy <cr@ville.example>"]
reviewers: Luc Côté, Ann Roy
speakers:
  - {name: Lucien Bois}
endorsed_by: chef
date: 2025-03-05
lang: fr
tags: [pompe, amorçage]
url: https://ville.example/guide
layout: ignored
---
# Amorcer la pompe

Fermer la **vanne**.

```sh
purge --slow
```
"""


def pdf(text: str = "Foot valves stay open.", password: str | None = None) -> bytes:
    made = io.BytesIO()
    canvas = Canvas(made)
    canvas.setTitle("Valve notes")
    canvas.setAuthor("Ann Roy")
    canvas.drawString(72, 720, text)
    canvas.save()
    if password is None:
        return made.getvalue()
    writer, locked = PdfWriter(clone_from=PdfReader(made)), io.BytesIO()
    writer.encrypt(password, algorithm="RC4-128")
    writer.write(locked)
    return locked.getvalue()


def word() -> bytes:
    document, made = docx.Document(), io.BytesIO()
    document.core_properties.title = "Pump rounds"
    document.core_properties.author = "Ann Roy; Luc Côté"
    document.core_properties.created = datetime(2024, 5, 6, 7, 8)
    document.core_properties.last_modified_by = "Secretary"
    document.add_paragraph("Listen first.")
    table = document.add_table(1, 2)
    table.cell(0, 0).text, table.cell(0, 1).text = "PP-7", "noisy"
    document.add_paragraph("Then open.")
    document.save(made)
    return made.getvalue()


def test_markdown_gives_its_front_matter_people_and_text(folder, imported, documents, roles) -> None:
    (folder / "eau").mkdir()
    (folder / "eau" / "guide.md").write_text(GUIDE, encoding="utf-8")
    assert imported("documents").skipped == 0
    found = documents()["eau/guide.md"]
    assert (found.title, found.kind, found.language) == ("Amorcer la pompe", "practice", "fr")
    assert found.text == "Fermer la vanne.\n\npurge --slow"
    assert (found.tags, found.url) == (["pompe", "amorçage"], "https://ville.example/guide")
    assert found.created_at == datetime(2025, 3, 5, tzinfo=UTC)
    assert {(person, role) for _, person, role in roles()} == {
        ("bv@ville.example", "wrote"),
        ("cr@ville.example", "wrote"),
        ("Luc Côté", "reviewed"),
        ("Ann Roy", "reviewed"),
        ("Lucien Bois", "spoke"),
        ("chef", "endorsed"),
    }


def test_french_names_of_details_are_understood(imported, documents, roles) -> None:
    imported("documents")
    imported("documents", "---\ntitre: Guide\nauteur: Ann Roy\nlangue: fr\nMots-clés: a; b\n---\nTexte.", "g.md")
    assert (documents()["g.md"].title, documents()["g.md"].tags) == ("Guide", ["a", "b"])
    assert roles() == {("g.md", "Ann Roy", "wrote")}


def test_html_gives_its_title_meta_elements_and_text(folder, imported, documents, roles) -> None:
    page = (
        '<html lang="fr-CA"><head><meta charset="iso-8859-1"><title>Vannes &amp; clapets</title>'
        '<meta name="author" content="Roy, Ann"><meta name="date" content="2024-02-03">'
        '<meta name="keywords" content="vanne, clapet"></head><body><p>Évacuer.</p><script>x()</script></body></html>'
    )
    (folder / "p.html").write_bytes(page.encode("iso-8859-1"))
    imported("documents")
    found = documents()["p.html"]
    assert (found.title, found.text, found.language) == ("Vannes & clapets", "Évacuer.", "fr")
    assert (found.tags, found.created_at) == (["vanne", "clapet"], datetime(2024, 2, 3, tzinfo=UTC))
    assert roles() == {("p.html", "Roy, Ann", "wrote")}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_text_files_of_every_encoding_are_read(folder, imported, documents, encoding) -> None:
    (folder / "note-de-garde.txt").write_bytes("Écouter d’abord.\r\nOuvrir après.".encode(encoding))
    imported("documents")
    found = documents()["note-de-garde.txt"]
    assert (found.title, found.text) == ("note de garde", "Écouter d’abord.\nOuvrir après.")


def test_pdf_gives_its_properties_and_text(folder, imported, documents, roles) -> None:
    (folder / "v.pdf").write_bytes(pdf())
    imported("documents")
    found = documents()["v.pdf"]
    assert (found.title, found.text) == ("Valve notes", "Foot valves stay open.")
    assert found.created_at is not None
    assert roles() == {("v.pdf", "Ann Roy", "wrote")}


def test_word_gives_its_properties_paragraphs_and_tables_but_not_who_saved_it(
    folder, imported, documents, roles
) -> None:
    (folder / "r.docx").write_bytes(word())
    imported("documents")
    found = documents()["r.docx"]
    assert (found.title, found.text) == ("Pump rounds", "Listen first.\nPP-7 noisy\nThen open.")
    assert found.created_at == datetime(2024, 5, 6, 7, 8, tzinfo=UTC)
    assert roles() == {("r.docx", "Ann Roy", "wrote"), ("r.docx", "Luc Côté", "wrote")}


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("v.pdf.yaml", "title: Clapets\nauthors: [bv]\nkind: practice\n"),
        ("v.pdf.yml", "titre: Clapets\nauteur: bv\nkind: practice\n"),
        ("v.pdf.json", json.dumps({"title": "Clapets", "authors": ["bv"], "kind": "practice"})),
    ],
)
def test_a_sidecar_overrides_the_file(folder, imported, documents, roles, name, content) -> None:
    (folder / "v.pdf").write_bytes(pdf())
    (folder / name).write_text(content, encoding="utf-8")
    assert imported("documents").skipped == 0
    assert set(documents()) == {"v.pdf"}
    assert (documents()["v.pdf"].title, documents()["v.pdf"].kind) == ("Clapets", "practice")
    assert roles() == {("v.pdf", "bv", "wrote")}


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("x.pdf", b"%PDF-1.4 broken", "damaged"),
        ("x.pdf", pdf(password="secret"), "encrypted"),
        ("x.pdf", pdf(text=""), "no text layer"),
        ("x.docx", b"PK\x03\x04 broken", "damaged"),
        ("x.docx", b"", "damaged"),
        ("x.txt", bytes(range(1, 9)) * 100, "not text"),
        ("x.md", b"---\ntitle: [\n---\ntext", "front matter is not YAML"),
        ("x.md", b"---\n- a\n---\ntext", "does not hold 'name: value' lines"),
        ("x.md", b"---\nkind: poem\n---\ntext", "no kind 'poem'; choose one of: profile, question"),
        ("x.md", b"---\ndate: yesterday\n---\ntext", "write it as YYYY-MM-DD"),
        ("x.md", b"---\ndate: 2024-13-45\n---\ntext", "front matter is not YAML"),
        ("x.md", b"---\ntitle: " + b"[" * 3000 + b"\n---\ntext", "front matter is not YAML"),
        ("x.md", b"---\nx: " + b"y" * 70_000 + b"\n---\ntext", "longer than 65536 characters"),
        ("x.md", b"---\nspace: [a]\n---\ntext", "space: Input should be a valid string"),
        ("x.md.gz", gzip.compress(b"text", mtime=0)[:-5], "cannot be read"),
    ],
)
def test_a_bad_file_is_skipped_with_its_reason(folder, imported, documents, name, content, reason) -> None:
    (folder / name).write_bytes(content)
    (folder / "good.md").write_text("# Good")
    report = imported("documents")
    assert set(documents()) == {"good.md"}
    assert [(skip.file, reason in skip.reason) for skip in report.skips] == [(name.removesuffix(".gz"), True)]


def test_a_broken_sidecar_skips_its_document_because_the_space_may_be_in_it(folder, imported, documents) -> None:
    (folder / "a.txt").write_text("secret")
    (folder / "a.txt.json").write_text('{"space": "c')
    assert "is not JSON" in imported("documents").skips[0].reason
    assert documents() == {}


def test_a_word_file_that_unpacks_to_too_much_is_skipped(folder, imported, documents, monkeypatch) -> None:
    monkeypatch.setattr("ingestion.converters.UNPACKED_BYTES", 1_000_000)
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", b"0" * 2_000_000)
    (folder / "bomb.docx").write_bytes(made.getvalue())
    assert "unpacks to" in imported("documents").skips[0].reason
    assert documents() == {}


def test_files_over_the_size_limit_are_skipped(folder, imported, documents, monkeypatch) -> None:
    monkeypatch.setattr("ingestion.sources.documents.FILE_BYTES", 1000)
    (folder / "plain.txt").write_text("x" * 2000)
    (folder / "packed.txt.gz").write_bytes(gzip.compress(b"x" * 2000))
    assert ["larger than" in skip.reason for skip in imported("documents").skips] == [True, True]
    assert documents() == {}


def test_links_out_of_the_folder_are_never_followed(folder, tmp_path: Path, imported, documents) -> None:
    (tmp_path / "secret.txt").write_text("outside")
    (tmp_path / "private").mkdir()
    (tmp_path / "private" / "x.txt").write_text("outside")
    (folder / "in.txt").write_text("inside")
    os.symlink(tmp_path / "secret.txt", folder / "link.txt")
    os.symlink(tmp_path / "private", folder / "linked")
    os.symlink(folder, folder / "loop")
    os.symlink(folder / "in.txt", folder / "alias.txt")
    report = imported("documents")
    assert set(documents()) == {"in.txt", "alias.txt"}
    assert [skip.file for skip in report.skips] == ["link.txt", "linked", "loop"]


def test_unknown_types_are_counted_once_each_and_hidden_files_not_at_all(folder, imported) -> None:
    for name in ("a.xlsx", "b.xlsx", "c.png", ".hidden.md", "~$r.docx", "README"):
        (folder / name).write_bytes(b"x")
    (folder / ".git").mkdir()
    (folder / ".git" / "x.md").write_text("x")
    reasons = {skip.reason.split(";")[0] for skip in imported("documents").skips}
    assert reasons == {"2 of type '.xlsx'", "1 of type '.png'", "1 of type 'none'"}


def test_a_file_packed_and_unpacked_is_taken_once(folder, imported, documents) -> None:
    (folder / "a.txt").write_text("plain")
    (folder / "a.txt.gz").write_bytes(gzip.compress(b"packed"))
    assert "duplicate id 'a.txt'" in imported("documents").skips[0].reason
    assert documents()["a.txt"].text == "plain"


def test_names_that_office_software_invents_are_nobody(folder, imported, roles) -> None:
    document, made = docx.Document(), io.BytesIO()
    document.add_paragraph("x")
    document.save(made)
    (folder / "x.docx").write_bytes(made.getvalue())
    imported("documents")
    assert roles() == set()


def test_a_private_document_is_for_its_author_alone(folder, imported, documents) -> None:
    (folder / "x.md").write_text("---\nspace: private\nauthors: [bv]\n---\nMine.")
    imported("documents")
    assert documents()["x.md"].space_id == "private:s:bv"


def test_one_file_alone_can_be_imported_with_its_sidecar(folder, imported, documents) -> None:
    (folder / "a.txt.yaml").write_text("title: Alone")
    imported("documents", "text", "a.txt")
    assert {id_: row.title for id_, row in documents().items()} == {"a.txt": "Alone"}
