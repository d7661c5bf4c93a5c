from __future__ import annotations

import time

import pytest

from ingestion.mail_text import strip_mail_quotes

OWN = "Il faut purger la conduite."


@pytest.mark.parametrize(
    "rest",
    [
        "Le lun. 3 mars 2025 à 10:12, Marie <m@x.example> a écrit :\n\n> Comment faire ?\n> Merci",
        "On Mon, Mar 3, 2025 at 10:12 AM Marie <m@x.example>\nwrote:\n> How?\n>\n> Thanks",
        "Marie <m@x.example> writes:\n> How?",
        "-----Message d'origine-----\nDe : Marie\nEnvoyé : lundi\nÀ : Luc\n\nComment faire ?",
        "-----Original Message-----\nFrom: Marie\nSent: Monday\nHow?",
        "---------- Forwarded message ---------\nanything",
        "De : Marie <m@x.example>\nEnvoyé : 3 mars 2025\nÀ : Luc\nObjet : pompe\n\nComment ?",
        "*From:* Marie\n*Sent:* Monday\n*To:* Luc\n*Subject:* pump\n\nHow?",
        "________________________________\nFrom: Marie\nSent: Monday\nTo: Luc\nHow?",
        "-- \nLuc Roy\nIngénieur",
        "Envoyé de mon iPhone",
        "Sent from my phone\n",
        "________________________________________________\nPumps mailing list\nhttps://x.example/listinfo/pumps",
        "> somebody asked how\n> to do it",
    ],
)
def test_what_others_wrote_and_signatures_are_removed(rest: str) -> None:
    assert strip_mail_quotes(f"{OWN}\n\n{rest}") == OWN


def test_answers_between_quoted_lines_are_kept() -> None:
    mail = "On Monday, Ann wrote:\n> How?\n\nSlowly.\n\n> And then?\n\nOpen.\n"
    assert strip_mail_quotes(mail).split() == ["Slowly.", "Open."]


@pytest.mark.parametrize(
    "text",
    [
        "> x <- rnorm(10)\n[1] 0.2\n> mean(x)\n[1] 0.1",
        ">>> import os\n>>> os.getcwd()",
        "a -- b\n--- a/file\n+++ b/file",
        "From: where does this come?\nThe valve.",
        "On some days nobody wrote\nanything about it: strange.",
        "De : la pompe\nÀ : la vanne, en passant par le clapet",
        "# code\n\n    -- SQL comment",
        "Le poste 7 est à l'arrêt.",
    ],
)
def test_what_only_looks_like_a_quotation_is_kept(text: str) -> None:
    assert strip_mail_quotes(text) == text


def test_a_mail_that_is_nothing_but_quotation_stays_whole() -> None:
    assert strip_mail_quotes("> one\n> two") == "> one\n> two"


def test_a_long_text_below_two_dashes_is_no_signature() -> None:
    text = "Part one\n--\n" + "\n".join(f"line {n}" for n in range(40))
    assert strip_mail_quotes(text) == text


@pytest.mark.parametrize(
    "text", ["On " * 100_000, "> " * 100_000, "On @ wrote:\n" * 20_000, "_" * 100_000, "-" * 100_000]
)
def test_no_text_takes_long(text: str) -> None:
    started = time.perf_counter()
    strip_mail_quotes(text)
    assert time.perf_counter() - started < 1
