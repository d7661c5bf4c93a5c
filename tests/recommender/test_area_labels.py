"""Labels of areas: what may name one, and how it is written."""

from __future__ import annotations

from recommender.area_labels import AreaLabel, LabelText, label_areas

PUMPS = (
    "La station de pompage des Ormes est arrêtée. Bonjour Lucien, la vanne est fermée.",
    "Dans la station de pompage, le débit baisse. Merci Lucien, il faut vérifier la vanne.",
    "Une station de pompage sans garde : qui peut vérifier le clapet? Je dois vérifier demain.",
    "La station de pompage a une alarme. On peut vérifier la vanne.",
)
PAYROLL = (
    "La rémunération de mars, question de la retenue. Il faut vérifier.",
    "Une rémunération en double : la retenue est fausse. Je vais vérifier.",
    "La remuneration du mois et la retenue à la source.",
    "Une rémunération à corriger avec la retenue. On doit vérifier.",
)


def texts(language: str, *groups: tuple[str, ...]) -> list[LabelText]:
    return [LabelText(n, language, "", text) for n, group in enumerate(groups) for text in group]


def labelled(names: frozenset[str] = frozenset()) -> list[AreaLabel]:
    return label_areas(texts("fr", PUMPS, PAYROLL), 2, names)


def test_a_phrase_whose_words_come_together_names_an_area() -> None:
    assert labelled()[0].label_fr.startswith("Station de pompage")


def test_the_most_frequent_spelling_is_shown_with_its_accents() -> None:
    assert "rémunération" in labelled()[1].label_fr.lower()


def test_verbs_generic_words_and_people_name_nothing() -> None:
    terms = {term.lower() for label in labelled(frozenset({"lucien"})) for term in label.terms_fr}
    assert not terms & {"vérifier", "question", "lucien", "faut", "peut"}


def test_a_name_after_a_greeting_is_no_field_even_when_nobody_is_known_by_it() -> None:
    assert not any("lucien" in term.lower() for label in labelled() for term in label.terms_fr)


def test_an_area_written_about_in_one_language_has_one_name() -> None:
    label = labelled()[0]
    assert label.label_en == label.label_fr


def test_an_area_in_two_languages_is_named_in_each() -> None:
    english = (
        "The pumping station is down and the valve is shut.",
        "A pumping station lost its flow; open the valve.",
        "The alarm of the pumping station rings; the valve is stuck.",
        "Our pumping station needs a valve.",
    )
    mixed = [*texts("fr", PUMPS, PAYROLL), *(LabelText(0, "en", "", text) for text in english)]
    label = label_areas(mixed, 2, frozenset())[0]
    assert "pompage" in label.label_fr.lower()
    assert "pumping station" in label.label_en.lower()


def test_an_area_of_texts_without_words_still_has_a_name() -> None:
    assert label_areas(texts("fr", ("?", "!", "…", "42")), 1, frozenset())[0].label_fr == "Domaine 1"


def tagged(cluster: int, title: str, *tags: str) -> LabelText:
    return LabelText(cluster, "fr", title, "Il faut vérifier la fuite, la vanne et le carnet de bord.", tags)


def test_what_people_tag_names_an_area_whole() -> None:
    river = [tagged(0, f"Question {n}", "plan des crues", "GRB-220") for n in range(4)]
    pay = [tagged(1, f"Question {n}", "fermeture-des-livres") for n in range(4)]
    labels = [label.label_fr for label in label_areas([*river, *pay], 2, frozenset())]
    assert labels == ["Plan des crues", "Fermeture des livres"]


def test_what_only_texts_say_gives_way_to_what_titles_show() -> None:
    shown = [
        LabelText(0, "fr", f"Le ponceau {'cède' if n % 2 else 'gèle'}", "Le carnet de bord, la page.") for n in range(4)
    ]
    other = [LabelText(1, "fr", "La paie du mois", "La retenue de la paie.") for _ in range(4)]
    label = label_areas([*shown, *other], 2, frozenset())[0]
    assert label.label_fr.startswith("Ponceau")
    assert "carnet" not in label.label_fr


def test_a_name_with_a_number_is_not_cut_before_it_and_a_verb_links_nothing() -> None:
    texts_of_road = [
        LabelText(0, "fr", "", "Sur le chemin du rang 8, le tuyau pair a été changé ce matin.") for _ in range(4)
    ]
    texts_of_pay = [LabelText(1, "fr", "", "La paie et la retenue.") for _ in range(4)]
    terms = {term for label in label_areas([*texts_of_road, *texts_of_pay], 2, frozenset()) for term in label.terms_fr}
    assert not any("rang" in term.split() and " " in term for term in terms)
    assert not any(" a " in term for term in terms)
