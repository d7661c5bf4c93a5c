"""The author's own words in a mail: without quoted replies, forwarded headers, signatures and list footers.

Own code because mail-parser-reply, tried first, takes more than a second for a line of 2,000 times 'On' (its patterns
backtrack), keeps quotes between the lines of an answer, and keeps signatures.
"""

from __future__ import annotations

import re

# "On Mon, 3 Mar 2025, Marie Tremblay wrote:" and the same in French; matched on one or two lines joined.
ATTRIBUTION_START = re.compile(r"\s*(?:On|Le|Am|At|El)\b|.*[<(][^<>()\s]*@|.*\[e-?mail\]", re.IGNORECASE)
ATTRIBUTION_END = re.compile(r"(?:\bwrote|\bwrites|a écrit|a ecrit|écrivait|\bschrieb|\bescribió) ?: *$", re.IGNORECASE)
ATTRIBUTION_LENGTH = 300
ORIGINAL = re.compile(
    r"\s*[-_]{2,} ?(?:Original Message|Message d['’]origine|Message original|Mail original|Forwarded message|"
    r"Message transféré|Courriel original) ?[-_]{2,}\s*$",
    re.IGNORECASE,
)
SENDER_FIELD = re.compile(r"\s*\*?(?:From|De|Von) ?:", re.IGNORECASE)
OTHER_FIELD = re.compile(r"\s*\*?(?:Sent|Date|To|Cc|Subject|Envoyé|Envoyé le|À|A|Objet|Reply-To) ?:", re.IGNORECASE)
FIELD_LINES = 6
SIGNATURE = re.compile(r"-- ?$")
# A signature longer than this is rather a text with a rule made of two dashes.
SIGNATURE_LINES = 12
DEVICE = re.compile(
    r"\s*(?:Sent from (?:my|Mail|Outlook|Yahoo)\b|Envoyé (?:de|depuis) mon\b|Envoyé à partir de\b|Get Outlook for\b|"
    r"Télécharger Outlook\b|Obtenir Outlook\b).{0,60}$",
    re.IGNORECASE,
)
LIST_RULE = re.compile(r"_{20,}\s*$")
LIST_FOOTER = re.compile(r".*(?:mailing list|liste de diffusion|unsubscribe|désabonn|listinfo)", re.IGNORECASE)
QUOTED = re.compile(r" {0,3}>")
# A console prompt: "> x <- 1", "> library(lme4)", ">>> import os".
PROMPT = re.compile(r" {0,3}>(?:>> |\s*(?:[\w.$]+ *(?:<-|[(=\[$])|#|\?|library\b|data\b))")


def strip_mail_quotes(text: str) -> str:
    """Return a mail's text without what others wrote and without its signature; whole if nothing else is in it."""
    lines = text.splitlines()
    kept: list[str] = []
    position = 0
    while position < len(lines):
        if ends_the_reply(lines, position):
            break
        length = quoted_lines(lines, position)
        if not length:
            if not DEVICE.match(lines[position][:120]):
                kept.append(lines[position])
            length = 1
        position += length
    while kept and not kept[-1].strip():
        kept.pop()
    stripped = "\n".join(kept).strip("\n")
    return stripped if stripped.strip() else text


def ends_the_reply(lines: list[str], position: int) -> bool:
    """Return whether the reply ends before this line: a signature, a copied message or a list's footer follows."""
    line = lines[position][:200]
    rest = lines[position + 1 : position + 1 + FIELD_LINES]
    if SIGNATURE.match(line):
        return len(lines) - position <= SIGNATURE_LINES
    if ORIGINAL.match(line):
        return True
    if LIST_RULE.match(line):
        return any(LIST_FOOTER.match(other[:200]) for other in rest) or any(
            SENDER_FIELD.match(other[:20]) for other in rest[:2]
        )
    return bool(SENDER_FIELD.match(line)) and sum(bool(OTHER_FIELD.match(other[:20])) for other in rest) >= 2


def quoted_lines(lines: list[str], position: int) -> int:
    """Return how many lines from here are a quotation and the line that announces it; 0 if none."""
    announced = attribution_lines(lines, position)
    start = position + announced
    while announced and start < len(lines) and not lines[start].strip():
        start += 1
    end = start
    while end < len(lines) and QUOTED.match(lines[end][:10]):
        end += 1
    quoted = lines[start:end]
    prompts = sum(bool(PROMPT.match(line[:80])) for line in quoted)
    if not announced and 2 * prompts >= len(quoted):
        return 0
    return end - position if quoted else announced


def attribution_lines(lines: list[str], position: int) -> int:
    """Return how many lines (1 or 2) say who wrote what is quoted next; 0 if this is no such line."""
    if not ATTRIBUTION_START.match(lines[position][:ATTRIBUTION_LENGTH]):
        return 0
    joined = ""
    for count, line in enumerate(lines[position : position + 2], start=1):
        joined = f"{joined} {line}"
        if len(joined) > ATTRIBUTION_LENGTH:
            return 0
        if ATTRIBUTION_END.search(joined):
            return count
    return 0
