"""Markup: nothing of the data becomes an element, a script or an attribute of its own."""

import json
from html.parser import HTMLParser

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from synthgen.coverage.receipt.markup import number, script_json, short, tag, text

ODD = st.text() | st.sampled_from(["</script>", "<!--", "]]>", "&lt;", "'\"", "\u2028"])


@settings(max_examples=50, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(st.dictionaries(ODD, ODD | st.integers() | st.lists(ODD)))
def test_json_in_a_script_means_the_same_and_cannot_end_it(value):
    written = script_json(value)
    assert json.loads(written) == value
    assert not set("<>&\u2028\u2029") & set(written)


class _Seen(HTMLParser):
    def __init__(self):
        super().__init__()
        self.tags, self.words = [], ""

    def handle_starttag(self, name, attributes):
        self.tags.append((name, dict(attributes)))

    def handle_data(self, data):
        self.words += data


@settings(max_examples=50, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(ODD, ODD)
def test_text_and_attributes_come_back_as_they_were(words, attribute):
    seen = _Seen()
    seen.feed(tag("p", text(words), title=attribute, data_x=3, hidden=None, class_="a"))
    seen.close()
    assert [name for name, _ in seen.tags] == ["p"]
    assert seen.words.replace("\r\n", "\n").replace("\r", "\n") == words.replace(
        "\r\n", "\n"
    ).replace("\r", "\n")
    assert seen.tags[0][1] == {"title": attribute, "data-x": "3", "class": "a"}


def test_counts_are_short_and_round_to_the_nearest():
    told = [
        short(count) for count in (0, 9999, 10_000, 12_345, 999_499, 999_500, 3_440_000, 12_600_000)
    ]
    assert told == ["0", "9999", "10k", "12k", "999k", "1.0M", "3.4M", "13M"]
    assert number(1234567) == "1,234,567"
