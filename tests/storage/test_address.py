import pytest

from synthgen.errors import UserError
from synthgen.storage.address import Address, address, is_address


@pytest.mark.parametrize(
    ("text", "protocol", "path"),
    [
        ("s3://bucket/a/b", "s3", "bucket/a/b"),
        ("s3://bucket/a/", "s3", "bucket/a"),
        ("s3://bucket", "s3", "bucket"),
        ("gs://my-bucket/städte_2.1", "gs", "my-bucket/städte_2.1"),
        ("file:///data/storm/", "file", "/data/storm"),
    ],
)
def test_an_address_is_a_store_and_a_path(text, protocol, path):
    assert address("out", text) == Address(protocol, path)


def test_only_what_has_a_scheme_is_an_address():
    assert is_address("s3://a")
    assert not any(is_address(value) for value in ("out/a", "/s3:/a", None, 3))


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("s4://bucket/a", "out=s4://bucket/a: expected a path or an address of one of s3, gs, "),
        ("memory://a", "out=memory://a: expected a path or an address of one of s3, "),
        ("s3://KEY:SECRET@bucket/a", "out=s3://bucket/a: expected no user, password or query"),
        ("s3://bucket/a?token=SECRET", "out=s3://bucket/a: expected no user, password or query"),
        ("s3://bucket/a#SECRET", "out=s3://bucket/a#SECRET: expected no user"),
        ("simplecache::s3://bucket/a", "out=simplecache::s3://bucket/a: expected a path or"),
        ("s3://", "out=s3://: expected s3://bucket/prefix"),
        ("s3:///a", "out=s3:///a: expected s3://bucket/prefix"),
        ("s3://bucket/../a", "out=s3://bucket/../a: expected s3://bucket/prefix"),
        ("s3://bucket//a", "out=s3://bucket//a: expected s3://bucket/prefix"),
        ("s3://bucket/a*", "out=s3://bucket/a*: expected s3://bucket/prefix"),
        ("s3://bucket/a b", "out=s3://bucket/a b: expected s3://bucket/prefix"),
        ("file://host/a", "out=file://host/a: expected a whole path, file:///folder"),
    ],
)
def test_what_is_no_address_is_one_line_without_secrets(text, line):
    with pytest.raises(UserError) as told:
        address("out", text)
    assert str(told.value).startswith(line)
    assert "SECRET" not in str(told.value) or "#" in text
