"""The words around which area labels are cut: what stands before nouns, before verbs, and what says too little."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from recommender.stop_words import ENGLISH, FRENCH


@dataclass(frozen=True, slots=True)
class LabelWords:
    """What a language needs for labels; folded unless they say otherwise."""

    before_nouns: frozenset[str]
    before_verbs: frozenset[str]
    linkers: frozenset[str]
    """What may stand inside a phrase; with their accents: "à" links, "a" is a verb."""
    empty: frozenset[str]
    """Stop words, and words that are in every field and name none."""
    verb_endings: tuple[str, ...]
    """Ends of words that are verbs with a pronoun."""
    head_first: bool
    """Whether a phrase begins with its noun, as in French, or ends with it."""


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


GREETINGS: Final = _words("hi hello dear thanks thank regards cheers bonjour salut cher chere merci cordialement")

_FRENCH_EMPTY: Final = """
    actuellement ailleurs ajouter aller annee annees appel appeler arriver avis base beaucoup besoin bon bonne bonnes
    bons cas changer chose choses clair cote cours debut demande demander dernier derniere derniers dernieres deux
    different differente differentes differents dire document donner doute effet endroit ensemble essayer etape etapes
    exemple exemples explication facon faible fin fois fonction fort forme genre grand grande grandes grands heure
    heures idee important importante info infos information informations intervention jamais jour journee jours laisser
    lien lieu liste long longue main maniere manque matin mauvais meilleur meilleure mettre minute minutes mois moment
    moyen nom nombre note notes nouveau nouvelle nouvelles nouveaux numero objet page part partie passer penser personne
    personnes petit petite petites petits place point points poser possible pouvoir premier premiere premieres premiers
    prendre probleme problemes prochain prochaine proposer propre question questions raison reponse reponses reste
    resultat resultats rien savoir semaine semaines sens seul seule simple soir soit solution solutions sorte sujet
    suite suivant suivante sur tableau temps tenir tete titre travail travailler troisieme trouver type types utile
    utiliser valeur venir version vie voir vrai vraie an ans chez quatre trois cinq six sept huit neuf dix cent mille
    lundi mardi mercredi jeudi vendredi samedi dimanche janvier fevrier mars avril mai juin juillet aout septembre
    octobre novembre decembre hier demain equipe collegue collegues gens monde fait bas haut droite gauche garde garder
    deja autre autres petits vingt trente cinquante delai quatrieme cinquieme sixieme septieme huitieme neuvieme dixieme
    deuxieme deuxiemes
    attention erreur erreurs ligne lignes moitie quelqu regle second seconde secondes retour tour usage utilisation
    """
_ENGLISH_EMPTY: Final = """
    able add advice amount answer answers anyone anything approach asked asking bad basic best better big bit call case
    cases chance change changes code come correct course currently date day days detail details different difference
    doubt easy edit end error errors everything exact example examples experience explanation fact file files fine first
    following found full function general give given go going good great guess guy guys hand hard help high hope hour
    hours idea important info information instance issue issues job keep kind know large last least left level like line
    lines link list little long look looking lot low main make making manner matter mean meaning means message method
    minute minutes month months name need needs new next nice node none nothing note number numbers old one ones option
    order output page paper part parts people person piece place point points possible post posts problem problems
    process question questions read real reason reasons reply response rest result results right run running sample say
    search second seem seems set show similar simple simply single situation small solution something sort source start
    step steps stuff sure system take talk tell term terms test text thing things think thought time times title today
    tool topic total tried try trying two three four five six type types understand understanding update use used user
    users using usual value values version want wanted way ways week weeks whole wonder word words work working works
    world write wrong year years yesterday email mail http https www com org html attached attachment regards wrote
    sincerely phone dear list lists mailing posting guide reproducible sent monday tuesday wednesday thursday friday
    saturday sunday january february march april may june july august september october november december
    everyone everybody else another already seven eight nine ten empty quickly essentially written correctly
    third fourth fifth sixth seventh eighth ninth tenth
    definition effect current common specific various particular possible likely lack
    """

_FRENCH_PRONOUNS: Final = _words("moi toi lui nous vous leur le la les je tu il elle on ils elles")

WORDS: Final = {
    "fr": LabelWords(
        _words("""le la les l un une des du d au aux ce cet cette ces son sa ses notre nos leur leurs votre vos mon ma
            mes chaque quel quelle quels quelles plusieurs"""),
        _words("je j tu il elle on nous vous ils elles ne n se s y pour peut peuvent doit doivent faut va vont qui"),
        _words("de du des d la l à au aux en"),
        FRENCH | ENGLISH | _words(_FRENCH_EMPTY),
        tuple(f"-{word}" for word in sorted(_FRENCH_PRONOUNS)),
        head_first=True,
    ),
    "en": LabelWords(
        _words("a an the this these those my our your his their its of in on with for from by about each"),
        _words("""i you we they he she it to can cannot could will would should must may might not don doesn didn please
            who also just"""),
        frozenset(("of",)),
        FRENCH | ENGLISH | _words(_ENGLISH_EMPTY),
        (),
        head_first=False,
    ),
}
