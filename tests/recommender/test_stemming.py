import pytest

from recommender.analysis import fold
from recommender.stemming import stem_english, stem_french

FRENCH_FAMILIES = """
réparer répare réparent réparée réparées réparés réparaient réparèrent réparera répareront réparant réparation reparees
écluse écluses ecluse
cheval chevaux
journal journaux
canal canaux
travail travaux travailler travaille travaillent
réseau réseaux reseau
entretien entretiens
entretenir entretient entretiennent entretenu
gérer gère gèrent gérée gérés géraient gérèrent gerent
finir finit finissent finies finissant fini
agréé agréée agréés agréées agréer agrée agréent
naïf naïve naïfs naives
employer emploie employé employée employés employées emploi emplois
payer paie paye paient payé paiera
vérifier vérifie vérifient vérifié vérifiées vérification
publier publie publient publié publication publications
utiliser utilise utilisent utilisons utilisation utilisé
permettre permet permettent permettait permettant
répondre répond répondent répondu répondait
écrire écrit écrivent écrite écrivait
décrire décrit décrivent
produire produit produisent produite
suivre suivent suivait
nouveau nouveaux nouvelle nouvelles
étranger étrangère étrangers étrangères
directeur directrice directeurs directrices
actif active actifs actives
dernier dernière derniers dernières
différent différente différents différentes
formel formelle formels formelles
public publique publics publiques
document documents documenter documentation
congé congés conge
bail baux
œil yeux
précédent précédente précédents
connaître connaît connaissent connaissance
client clients cliente
matériau matériaux
lieu lieux
retraite retraites retraité retraités
municipal municipale municipaux municipales
eau eaux
vanne vannes
pompe pompes pomper
créer crée créent créé créée créées
envoyer envoie envoient envoyé
modifier modifie modifient modification modifications
organiser organise organisent organisation organisations
"""

FRENCH_STRANGERS = """
loi loisir
salle sale
mail mal
pont ponton
présent presse
parent parer
argent arc
client clic
talent taille
compte conte
gérer général
finir final
matrice matière
barrage barre
pompe pompier
canal cane
réseau résine
budget bouger
panier panne
fichier fiche
quartier quart
maison mais
serveur service
contrat contraire
mission mixte
visite vis
chauffage chauffeur
agir agent
salaire salle
réunion réunir
retraite traite
"""

ENGLISH_FAMILIES = """
repair repairs repaired repairing
pump pumps pumped pumping
policy policies
manage manages managed managing
company companies
run runs running
"""


def lines(table: str) -> list[list[str]]:
    return [line.split() for line in table.strip().splitlines()]


@pytest.mark.parametrize("words", lines(FRENCH_FAMILIES), ids=lambda words: words[0])
def test_inflections_of_a_french_word_share_a_stem_with_or_without_accents(words):
    stems = {word: stem_french(fold(word)) for word in words}

    assert len(set(stems.values())) == 1, stems


@pytest.mark.parametrize("words", lines(FRENCH_STRANGERS), ids=lambda words: words[0])
def test_different_french_words_keep_different_stems(words):
    first, second = words

    assert stem_french(fold(first)) != stem_french(fold(second))


@pytest.mark.parametrize("words", lines(ENGLISH_FAMILIES), ids=lambda words: words[0])
def test_inflections_of_an_english_word_share_a_stem(words):
    assert len({stem_english(word) for word in words}) == 1


def test_a_stem_is_never_empty():
    for word in ("a", "ee", "ent", "s", "ons", "eau", "ee" * 30, "paient"):
        assert stem_french(word)
