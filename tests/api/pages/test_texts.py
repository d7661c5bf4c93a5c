"""Texts as paragraphs and lists, with nothing taken for HTML."""

from __future__ import annotations

import pytest

from api.pages.texts import as_paragraphs


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("", ""),
        ("Un\ndeux\n\ntrois", "<p>Un<br>\ndeux</p>\n<p>trois</p>"),
        ("Voir :\n- un\n• deux\nfin", "<p>Voir :</p>\n<ul><li>un</li><li>deux</li></ul>\n<p>fin</p>"),
        ("1. un\r\n2) deux", "<ol><li>un</li><li>deux</li></ol>"),
        ("-5 degrés\n1974 fut froid", "<p>-5 degrés<br>\n1974 fut froid</p>"),
        ("<script>x</script> & <b>", "<p>&lt;script&gt;x&lt;/script&gt; &amp; &lt;b&gt;</p>"),
        ("- <img src=x>", "<ul><li>&lt;img src=x&gt;</li></ul>"),
        ("javascript:alert(1) data:x ftp://a.b", "<p>javascript:alert(1) data:x ftp://a.b</p>"),
        (
            "Voir https://a.example/x?a=1&b=2.",
            '<p>Voir <a href="https://a.example/x?a=1&amp;b=2" rel="noopener noreferrer nofollow">'
            "https://a.example/x?a=1&amp;b=2</a>.</p>",
        ),
        (
            'https://a.example/"onmouseover=alert(1)',
            '<p><a href="https://a.example/" rel="noopener noreferrer nofollow">https://a.example/</a>'
            "&#34;onmouseover=alert(1)</p>",
        ),
    ],
)
def test_a_text_becomes_paragraphs_lists_and_links(text: str, html: str) -> None:
    assert str(as_paragraphs(text)) == html
