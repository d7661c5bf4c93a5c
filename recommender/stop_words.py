"""Stop words: the words of French and English that carry no subject, accents folded."""

from __future__ import annotations

from typing import Final

# Articles, pronouns, prepositions, conjunctions, auxiliaries, and the words questions are made of ("comment", "quel").
# "été" is left out, being a summer too; "est" is in, though a compass point.
_FRENCH: Final = """
    a afin ai aie aient aies ait alors apres as assez au aucun aucune aujourd auquel aura aurai auraient aurait auras
    aurez auriez aurions aurons auront aussi autre autres aux auxquelles auxquels avaient avais avait avant avec avez
    aviez avions avoir avons ayant ayez ayons bien bonjour c ca car ce ceci cela celle celles celui cependant certain
    certaine certaines certains ces cet cette ceux chacun chacune chaque chez ci combien comme comment d dans de deja
    depuis des desquelles desquels devons devrait devez doit doivent donc dont du duquel durant elle elles en encore
    entre es est et etaient etais etait etant etes etiez etions etre eu eux eut fait faire fais faisait faites faut
    font h hui ici il ils j je jusqu jusque l la laquelle le lequel les lesquelles lesquels leur leurs lors lorsqu
    lorsque lui m ma mais malgre me meme memes merci mes mien mienne moi moins mon n ne ni non nos notre nous
    on ont or ou oui par parce parmi pas peu peut peuvent peux plus plusieurs plutot pour pourquoi pourra pourrait
    pouvait pouvez pouvoir pouvons presque puis puisqu puisque qu quand quant que quel quelle quelles quelqu quelque
    quelques quels qui quiconque quoi quoiqu quoique s sa sans sauf se selon sera serai seraient serait seras serez
    seriez serions serons seront ses si sien sienne sinon soi soient sois soit sommes son sont sous suis sur t ta tandis
    tant te tel telle telles tels tes toi ton toujours tous tout toute toutes tres trop tu un une va vers veut veux
    voici voila vont vos votre vous vu y
    """

_ENGLISH: Final = """
    a about after again all also although am an and any anybody anyone are aren as at be because been before being
    between both but by can cannot could couldn d did didn do does doesn doing don done down during each either etc
    ever every few for from further get gets getting got had hadn has hasn have haven having he hello her here hers
    herself hi him himself his how however i if in into is isn it its itself just let ll m many may me might more most
    much must mustn my myself neither no nor not of off on once only or other others ought our ours ourselves out over
    own per please quite rather re really s same shall she should shouldn since so some somebody someone something such
    t than thank thanks that the their theirs them themselves then there these they this those though through thus to
    too under until up upon us ve very via was wasn we were weren what when where whether which while who whom whose
    why will with within without won would wouldn yes yet you your yours yourself yourselves
    """

FRENCH: Final = frozenset(_FRENCH.split())
ENGLISH: Final = frozenset(_ENGLISH.split())
STOP_WORDS: Final[dict[str, frozenset[str]]] = {"fr": FRENCH, "en": ENGLISH}
"""By language code; a language that is not here has none."""
