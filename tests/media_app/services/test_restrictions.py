import pytest
from django.utils import translation

from media_app.services import restrictions
from media_app.services.restrictions import Rules


@pytest.mark.parametrize(
    ("kind", "rules", "words"),
    [
        ("domains", Rules(), ""),
        ("domains", Rules("allow", allow=("a.example",)), ""),
        ("domains", Rules("deny", allow=("a.example", "b.example")), "2 domains allowed"),
        ("domains", Rules("deny", allow=("a.example",), deny=("b.example",)), "1 domain allowed"),
        ("domains", Rules("deny"), "0 domains allowed"),
        ("domains", Rules("allow", deny=("a.example",)), "1 domain denied"),
        ("userAgents", Rules("deny", allow=("Firefox",)), "1 user agent allowed"),
        ("userAgents", Rules("allow", deny=("curl", "Wget")), "2 user agents denied"),
        ("userAgents", Rules(), ""),
    ],
)
def test_only_the_list_that_counts_is_told(kind, rules, words):
    with translation.override("en"):
        assert restrictions.sentence(kind, rules) == words


@pytest.mark.parametrize("said", [None, [], "deny", {}, {"defaultPolicy": 7, "allow": "x", "deny": [1, None]}])
def test_what_fastpix_never_says_reads_as_no_rule(said):
    assert restrictions.read(said) == Rules()


def test_rules_go_out_as_they_came_in():
    said = {"defaultPolicy": "deny", "allow": ["a.example"], "deny": ["b.example"]}
    assert restrictions.read(said).as_fastpix() == said


def test_the_order_of_entries_is_no_difference():
    assert Rules("deny", ("a.example", "b.example")).same_as(Rules("deny", ("b.example", "a.example")))
    assert not Rules("deny", ("a.example",)).same_as(Rules("allow", ("a.example",)))
