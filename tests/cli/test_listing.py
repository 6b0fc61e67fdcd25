"""`gmmviz list`."""

import gmmviz as gv


def test_list_names_everything_that_is_registered(gmmviz):
    lines = dict(line.split(": ", 1) for line in gmmviz("list").stdout.splitlines())

    assert lines["renderers"] == ", ".join(gv.RENDERERS)
    assert lines["datasets"] == ", ".join(gv.DATASETS)
    assert lines["starts"] == ", ".join(gv.STARTS)
    assert lines["encoders"] == ", ".join(gv.ENCODERS)
    assert lines["themes"] == ", ".join(gv.THEMES)


def test_list_says_what_an_option_is_and_what_it_is_by_default(gmmviz):
    done = gmmviz("list", "renderers", "ellipses")

    assert done.stdout.splitlines()[1:3] == [
        "  radii: list of numbers greater than 0; default none",
        "      Mahalanobis radii of the ellipses; 1, 2 and 3 hold 39 %, 86 % and 99 % of a component. "
        "Default: 1 and 2.",
    ]


def test_list_knows_a_slip(gmmviz):
    done = gmmviz("list", "starts", "kmean")

    assert (done.exit_code, done.stderr) == (2, "there is no 'kmean' in starts; did you mean 'kmeans'?\n")


def test_all_members_or_one_are_printed(gmmviz):
    every = gmmviz("list", "starts").stdout
    one = gmmviz("list", "starts", "corner").stdout

    assert [line.split("  ")[0] for line in every.splitlines() if not line.startswith(" ")] == list(gv.STARTS)
    assert one in every
    assert one.startswith("corner  ")


def test_option_that_is_needed_has_no_default(gmmviz):
    assert (
        "  path: text; needed\n      The file, relative to the scene file.\n"
        in gmmviz("list", "datasets", "npy").stdout
    )


def test_reference_page_is_printed(gmmviz):
    from gmmviz.scene.reference import markdown_page

    assert gmmviz("list", "--markdown").stdout == markdown_page()


def test_installed_plugins_are_listed(gmmviz, monkeypatch):
    asked = []
    monkeypatch.setattr("gmmviz.scene.plugins.load_installed", lambda: asked.append(True))

    gmmviz("list", "renderers")

    assert asked == [True]
