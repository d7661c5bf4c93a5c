from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from ingestion.formats import open_source
from models.errors import InvalidInputError

QUESTION = '<row Id="1" PostTypeId="1" OwnerUserId="7" Title="Priming" Body="&lt;p&gt;How?&lt;/p&gt;" %s/>'
ANSWER = '<row Id="2" PostTypeId="2" ParentId="1" OwnerUserId="8" Body="&lt;pre&gt;a\nb&lt;/pre&gt;" %s/>'
LONG = "Have you tried to listen to the valve while somebody else starts the pump, slowly?"


@pytest.fixture
def dump(folder: Path):
    """Write the files of a dump."""

    def write(posts: str, users: str = "", comments: str = "") -> None:
        for name, rows in (("Posts", posts), ("Users", users), ("Comments", comments)):
            if rows:
                content = f'<?xml version="1.0" encoding="utf-8"?>\n<rows>\n{rows}\n</rows>'
                (folder / f"{name}.xml").write_text(content, encoding="utf-8-sig")

    return write


def test_questions_and_answers_come_with_title_score_tags_and_people(dump, imported, documents, roles) -> None:
    dump(QUESTION % 'Score="5" AcceptedAnswerId="2" Tags="&lt;c++&gt;&lt;pump&gt;" ' + ANSWER % 'Score="-1" ')
    imported("stackexchange")
    found = documents()
    assert (found["1"].title, found["1"].text, found["1"].tags, found["1"].score) == (
        "Priming",
        "How?",
        ["c++", "pump"],
        5,
    )
    assert (found["2"].title, found["2"].thread_id, found["2"].accepted, found["2"].score) == (
        "Priming",
        "s:1",
        True,
        -1,
    )
    assert roles() == {("1", "7", "asked"), ("2", "8", "accepted")}


def test_an_answer_before_its_question_still_has_its_title_and_acceptance(dump, imported, documents) -> None:
    dump(ANSWER % "" + QUESTION % 'AcceptedAnswerId="2" ')
    imported("stackexchange")
    assert (documents()["2"].title, documents()["2"].accepted) == ("Priming", True)


def test_newer_dumps_separate_tags_by_bars(dump, imported, documents) -> None:
    dump(QUESTION % 'Tags="|a|b|" ')
    imported("stackexchange")
    assert documents()["1"].tags == ["a", "b"]


def test_an_editor_who_is_not_the_owner_edited(dump, imported, roles) -> None:
    dump(QUESTION % 'LastEditorUserId="9" ' + ANSWER % 'LastEditorUserId="8" ')
    imported("stackexchange")
    assert roles() == {("1", "7", "asked"), ("1", "9", "edited"), ("2", "8", "answered")}


def test_deleted_users_and_the_site_itself_are_nobody(dump, imported, people) -> None:
    post = '<row Id="1" PostTypeId="1" OwnerDisplayName="user12" Title="T" Body="x" LastEditorUserId="-1" />'
    dump(post, users='<row Id="-1" DisplayName="Community" AboutMe="I am a process" />')
    imported("stackexchange")
    assert people() == {}


def test_a_user_brings_a_name_and_a_text_and_nothing_else(dump, imported, documents, people) -> None:
    user = (
        '<row Id="7" DisplayName="Ann Roy" AboutMe="&lt;p&gt;Plant &lt;b&gt;operator&lt;/b&gt;.&lt;/p&gt;" Age="51" '
        'Location="Laval" WebsiteUrl="http://ann.example" AccountId="12" EmailHash="abc" />'
    )
    dump(QUESTION % "", users=user)
    imported("stackexchange")
    assert people()["7"].name == "Ann Roy"
    assert (people()["7"].site, people()["7"].url) == (None, None)
    assert documents()["profile/7"].text == "Plant operator."


def test_long_comments_are_messages_and_short_ones_are_not_taken(dump, imported, documents, roles) -> None:
    comments = (
        f'<row Id="1" PostId="2" Text="{LONG}" UserId="9" /><row Id="2" PostId="2" Text="Thanks" UserId="9" />'
        f'<row Id="3" PostId="2" Text="{LONG}" UserId="7" /><row Id="4" PostId="99" Text="{LONG}" UserId="7" />'
        f'<row Id="5" PostId="1" Text="{LONG}" UserDisplayName="gone" />'
    )
    dump(QUESTION % "" + ANSWER % "", comments=comments)
    imported("stackexchange")
    found = documents()
    assert set(found) == {"1", "2", "comment-1", "comment-3"}
    assert (found["comment-1"].kind, found["comment-1"].thread_id) == ("message", "s:1")
    assert {("comment-1", "9", "answered"), ("comment-3", "7", "asked")} <= roles()


def test_wikis_of_tags_are_not_taken(dump, imported, documents) -> None:
    dump('<row Id="5" PostTypeId="5" Body="wiki" />' + QUESTION % "")
    assert imported("stackexchange").skipped == 0
    assert set(documents()) == {"1"}


def test_a_folder_named_by_its_site_gives_addresses(tmp_path: Path) -> None:
    site = tmp_path / "water.stackexchange.com"
    site.mkdir()
    (site / "Posts.xml").write_text(f"<posts>{QUESTION % ''}{ANSWER % ''}</posts>")
    urls = [item.records[0].url for item in open_source("stackexchange", site).read()]
    assert urls == ["https://water.stackexchange.com/q/1", "https://water.stackexchange.com/a/2"]


def test_a_wrong_date_is_left_out_and_the_post_kept(dump, imported, documents) -> None:
    dump(QUESTION % 'CreationDate="3018-13-45" Score="x" ')
    report = imported("stackexchange")
    assert documents()["1"].created_at is None
    assert [skip.line for skip in report.skips] == [1, 1]


def test_a_folder_without_posts_is_an_error(folder) -> None:
    with pytest.raises(InvalidInputError, match=r"Posts\.xml"):
        open_source("stackexchange", folder)


@pytest.mark.parametrize("packed", [False, True])
def test_truncated_xml_keeps_what_came_before_and_says_where_it_breaks(folder, imported, documents, packed) -> None:
    whole = f"<posts>{''.join(QUESTION.replace('1', str(n), 1) % '' for n in range(1, 2000))}</posts>".encode()
    content = gzip.compress(whole)[:-500] if packed else whole[:-500]
    (folder / "Posts.xml").write_bytes(content)
    with pytest.raises(
        InvalidInputError, match=r"'Posts\.xml' cannot be read after row \d+: .*What came before is stored"
    ):
        imported("stackexchange")
    assert len(documents()) > 1000


BOMB = """<?xml version="1.0"?>
<!DOCTYPE lolz [<!ENTITY a "lol"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]>
<posts><row Id="1" PostTypeId="1" Title="&c;" Body="&c;" /></posts>"""
OUTSIDE = """<?xml version="1.0"?><!DOCTYPE p [<!ENTITY x SYSTEM "file:///etc/hostname">]>
<posts><row Id="1" PostTypeId="1" Title="t" Body="b" />&x;</posts>"""


@pytest.mark.parametrize("content", [BOMB, OUTSIDE])
def test_entities_are_refused(folder, imported, documents, content) -> None:
    (folder / "Posts.xml").write_text(content)
    with pytest.raises(InvalidInputError, match="declares a document type or entities"):
        imported("stackexchange")
    assert documents() == {}


def test_a_row_without_end_is_refused_before_it_fills_the_memory(folder, imported, monkeypatch) -> None:
    monkeypatch.setattr("ingestion.xml_rows.ROW_BYTES", 100_000)
    (folder / "Posts.xml").write_text('<posts><row Id="1" Body="' + "x" * 1_000_000 + '" /></posts>')
    with pytest.raises(InvalidInputError, match="one row is longer than"):
        imported("stackexchange")


@pytest.mark.parametrize("content", ["", "not xml", "<posts>", "<a/>"])
def test_what_is_no_dump_never_raises_anything_else(folder, imported, documents, content) -> None:
    (folder / "Posts.xml").write_text(content)
    if content == "<a/>":
        assert imported("stackexchange").read == 0
    else:
        with pytest.raises(InvalidInputError, match=r"Posts\.xml"):
            imported("stackexchange")
    assert documents() == {}
