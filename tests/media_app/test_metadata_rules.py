from media_app.metadata_rules import merged, problem, too_long

TEN = {f"key {number}": "x" for number in range(10)}


def test_a_change_joins_what_is_held_and_leaves_the_rest():
    assert merged({"a": "1", "b": "2", "c": "3"}, {"b": "9", "d": "4"}, ["c"]) == {"a": "1", "b": "9", "d": "4"}


def test_a_key_that_is_not_there_can_be_removed():
    assert merged({"a": "1"}, {}, ["z"]) == {"a": "1"}


def test_ten_pairs_are_kept_and_the_eleventh_is_refused_with_the_limit():
    assert problem(TEN) == ""
    assert problem(TEN | {"one more": "x"}) == "11 pairs. FastPix keeps 10 and drops the rest."


def test_what_is_too_long_is_refused_with_its_length_and_its_key():
    assert problem({"k" * 255: "v" * 255}) == ""
    assert problem({"note": "v" * 312}) == "note: 312 characters. FastPix keeps 255 and drops the rest."
    assert problem({"k" * 256: "v"}).endswith("256 characters. FastPix keeps 255 and drops the rest.")
    assert too_long("t" * 256) == "256 characters. FastPix keeps 255 and drops the rest."


def test_a_pair_without_a_key_is_refused():
    assert problem({" ": "v"}) == "A pair needs a key."
