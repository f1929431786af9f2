import os

from synthgen.jobs.weight import weight


def test_a_folder_weighs_its_files_and_counts_itself(tmp_path):
    (tmp_path / "a").mkdir()
    (tmp_path / "one").write_bytes(b"x" * 1000)
    (tmp_path / "a" / "two").write_bytes(b"x" * 10)
    found = weight(tmp_path)
    assert (found.bytes, found.files) == (1010, 4)
    assert found.disk >= 1010


def test_links_to_what_stands_elsewhere_can_be_left_out(tmp_path):
    (tmp_path / "shards").mkdir()
    (tmp_path / "shards" / "one").write_bytes(b"x" * 1000)
    home = tmp_path / "dataset"
    home.mkdir()
    os.link(tmp_path / "shards" / "one", home / "one")
    (home / "own").write_bytes(b"x")
    assert weight(home, linked=False).bytes == 1
    assert weight(home).bytes == 1001
    assert (weight(home, linked=False).files, weight(home).files) == (2, 3)
