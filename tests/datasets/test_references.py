import pytest

from gmmviz.datasets.references import Reference


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{}",
        '{"kind": "npy", "files": []}',
        '{"kind": "pickle", "files": [{"path": "x", "size": 1, "fingerprint": ""}]}',
        '{"kind": "npy", "files": [{"path": "x", "size": -1, "fingerprint": ""}]}',
        '{"kind": "npy", "files": [{"path": 5, "size": 1, "fingerprint": ""}]}',
    ],
)
def test_what_is_no_reference_is_refused(text):
    with pytest.raises(ValueError, match=r"^no reference to data$"):
        Reference.read(text)


def test_reference_is_read():
    found = Reference.read(
        '{"kind": "parquet", "columns": ["a"], "files": [{"path": "x", "size": 1, "fingerprint": "f"}]}'
    )
    assert (found.kind, found.columns, found.files[0].path) == ("parquet", ("a",), "x")
