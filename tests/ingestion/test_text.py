from __future__ import annotations

import time

import pytest

from ingestion.text import html_to_text, markdown_to_text


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("plain  text\n here", "plain text here"),
        ("<p>One <b>bold</b><i>er</i> word.</p>\n<p>Two.</p>", "One bolder word.\n\nTwo."),
        ("a<br>b<br/>c", "a\nb\nc"),
        ('<p>See <a href="http://x.example">the <em>guide</em></a>, please.</p>', "See the guide, please."),
        ("<pre><code>if x:\n    y()\n</code></pre><p>then</p>", "if x:\n    y()\n\nthen"),
        ("<p>use <code>git  add</code> now</p>", "use git add now"),
        ("<script>alert(1)</script><style>p{}</style><p>kept</p><!-- note -->", "kept"),
        ("<ul><li>a</li><li>b<ul><li>c</li></ul></li></ul>", "- a\n- b\n- c"),
        ("<table><tr><th>k</th><td>v</td></tr><tr><td>1</td><td>2</td></tr></table>", "k v\n1 2"),
        ("<h1>Title</h1>text<blockquote>quoted</blockquote>", "Title\n\ntext\n\nquoted"),
        ("&eacute;t&eacute; &lt;tag&gt; &amp;&nbsp;x", "été <tag> & x"),
        ('<p>see <img src="x.png" alt="a valve"> here</p>', "see a valve here"),
        ("<html><head><title>t</title></head><body>b</body></html>", "b"),
        ("<p>unclosed <b>tags", "unclosed tags"),
        ("", ""),
        ("<p></p>", ""),
        ("2 < 3 and 5 > 4", "2 < 3 and 5 > 4"),
    ],
)
def test_html_becomes_the_text_a_reader_sees(html: str, text: str) -> None:
    assert html_to_text(html) == text


@pytest.mark.parametrize(
    ("markdown", "text"),
    [
        ("# Title\n\nSome *stressed* [link](http://x.example).", "Title\n\nSome stressed link."),
        ("```py\ndef f():\n    return 1\n```", "def f():\n    return 1"),
        ("    indented code\n      kept", "indented code\n  kept"),
        ("- a\n- b", "- a\n- b"),
        ("| k | v |\n|---|---|\n| 1 | 2 |", "k v\n1 2"),
        ("a &eacute; <b>raw</b> ~~gone~~", "a é raw gone"),
        ("`x < y`", "x < y"),
        ("<script>alert(1)</script>\n\nkept", "kept"),
    ],
)
def test_markdown_becomes_the_text_a_reader_sees(markdown: str, text: str) -> None:
    assert markdown_to_text(markdown) == text


@pytest.mark.parametrize("html", ["<div>" * 100_000 + "deep", "<b>" * 50_000 + "deep" + "</b>" * 50_000])
def test_nesting_without_end_costs_no_time_and_keeps_the_text(html: str) -> None:
    started = time.perf_counter()
    assert html_to_text(html) == "deep"
    assert time.perf_counter() - started < 2
