"""The frame of a question: "who knows about …?", which says that someone is looked for and nothing of the subject."""

from __future__ import annotations

import re
from typing import Final

_SOMEONE_FR: Final = (
    r"(?:quelqu['’]un(?:e)?|une? (?:personne|coll[eè]gue|expert(?:e)?|sp[ée]cialiste)|des (?:gens|personnes|experts))"
)
_KNOWS_FR: Final = (
    r"(?:s['’]y conna[iî][tî]|conna[iî]t(?:rait)?|conna[iî]ssez|sait|saurait|ma[iî]trise|"
    r"(?:a|aurait) de l['’]exp[ée]rience|peut (?:m['’]|nous )?(?:aider|expliquer|renseigner|dire)|"
    r"pourrait (?:m['’]|nous )?(?:aider|expliquer|renseigner|dire))"
)
_SOMEONE_EN: Final = r"(?:someone|somebody|anyone|anybody|a person|people|an? (?:expert|specialist|colleague))"
_KNOWS_EN: Final = (
    r"(?:knows?|understands?|has (?:any )?experience|have (?:any )?experience|is familiar|"
    r"can (?:help(?: me| us)?|explain|tell (?:me|us)))"
)
_LINK_FR: Final = r"(?:\s+(?:[àa] propos d(?:e|u|es|['’])|au sujet d(?:e|u|es|['’])|sur|en|avec|pour|dans))?"
_LINK_EN: Final = r"(?:\s+(?:something|anything|a lot|much))?(?:\s+(?:about|of|how to|with|in|on))?"
# What a question may open with, in the order they are tried; each is followed by its subject.
_FRAMES: Final = tuple(
    re.compile(rf"^\W*(?:{frame})(?=[\s'’,:])[\s,:]*", re.IGNORECASE)
    for frame in (
        rf"(?:est-ce que )?qui (?:est-ce qui )?{_KNOWS_FR}(?: bien)?{_LINK_FR}",
        rf"(?:est-ce qu['’]|y a-t-il |je cherche |nous cherchons |cherche |il me faut )?{_SOMEONE_FR}"
        rf"(?: ici)? qui {_KNOWS_FR}(?: bien)?{_LINK_FR}",
        rf"(?:est-ce qu['’](?:il y a )?)?quelqu['’]un(?: ici)? {_KNOWS_FR}(?: bien)?{_LINK_FR}",
        r"(?:[àa] qui|vers qui) (?:puis-je |dois-je |peut-on |faut-il )?(?:m['’]|s['’]|nous )?"
        r"(?:adresser|demander|tourner)"
        r"(?: (?:pour|[àa] propos de|au sujet de|sur))?",
        r"qui (?:est|sont) (?:la personne |les? |l['’])?(?:expert(?:e|s)?|sp[ée]cialistes?|r[ée]f[ée]rences?) "
        r"(?:d(?:e|es|u)|en|sur|pour)",
        rf"who (?:here )?{_KNOWS_EN}{_LINK_EN}",
        rf"(?:does |do |is there |are there |i need |i am looking for |i['’]m looking for |we need |looking for )?"
        rf"{_SOMEONE_EN}(?: here| there)? (?:who |that )?{_KNOWS_EN}{_LINK_EN}",
        r"who (?:should|can|could|do|may) (?:i|we) (?:ask|talk to|contact|see|turn to)(?: (?:about|for|on|regarding))?",
        r"who(?: is|['’]s| are) (?:the |our |an )?(?:experts?|specialists?|reference|go-to(?: person)?) "
        r"(?:on|in|for|about)",
    )
)


def subject_of(question: str) -> str:
    """Return the question without the words that only look for someone; the whole of it where nothing else is said."""
    for frame in _FRAMES:
        subject = frame.sub("", question, count=1)
        if subject != question and re.search(r"\w{2}", subject):
            return subject
    return question
