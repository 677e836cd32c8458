"""docs/reliability.md says of every fault which test shows it; what it names must exist and speak of that fault."""

from tests.house.reliability import TEST, rows, spoken_of

LAST = 68


def test_every_fault_has_its_row_once():
    assert sorted(rows()) == list(range(1, LAST + 1))


def test_every_number_a_test_carries_is_a_row():
    assert not set(spoken_of()) - set(rows())


def test_every_test_a_row_names_exists_and_carries_its_number():
    spoken = spoken_of()
    named = {number: ["::".join(one) for one in TEST.findall(shown)] for number, shown in rows().items()}
    wrong = [f"{number}: {one}" for number, tests in named.items() for one in tests if one not in spoken[number]]
    assert not wrong, "run python -m docs.fill_reliability\n" + "\n".join(wrong)


def test_a_row_without_a_test_says_why():
    assert not [number for number, shown in rows().items() if not TEST.search(shown) and len(shown.split()) < 3]
