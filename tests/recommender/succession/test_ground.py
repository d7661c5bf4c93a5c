import numpy as np

from recommender.succession.ground import AreaPlaces


def test_rows_of_a_document_in_several_areas_stand_together_with_their_place() -> None:
    places = AreaPlaces(
        ["a", "b"],
        documents=np.array([1, 1, 4], np.int32),
        areas=np.array([0, 1, 1], np.int32),
        strengths=np.ones(3, np.float32),
    )

    rows, of = places.of_documents(np.array([4, 2, 1, 4]))

    assert rows.tolist() == [2, 0, 1, 2]
    assert of.tolist() == [0, 2, 2, 3]
