"""Tables in HTML for notebooks."""

import xml.etree.ElementTree as ET

import numpy as np

import gmmviz as gv

MIXTURE = gv.Mixture.of([0.25, 0.75], [[1, -2], [3, 40000]], [[[4, 3], [3, 9]], [[1, 0], [0, 0.0625]]])


def cells(html):
    table = ET.fromstring(html)
    rows = [[cell.text or "" for cell in row] for row in table.iter("tr")]
    return table.findtext("caption"), rows


def test_mixture_shows_weights_means_deviations_and_correlation():
    assert cells(MIXTURE._repr_html_()) == (
        "Mixture of Gaussians",
        [
            ["component", "weight", "mean of x1", "mean of x2", "sd of x1", "sd of x2", "correlation"],
            ["1", "0.25", "1", "−2", "2", "3", "0.5"],
            ["2", "0.75", "3", "4e+04", "1", "0.25", "0"],
        ],
    )


def test_what_is_left_out_of_a_table_is_said():
    many = gv.Mixture.of(np.full(25, 1 / 25), np.zeros((25, 12)), np.tile(np.eye(12), (25, 1, 1)))
    _, rows = cells(many._repr_html_())

    assert len(rows) == 1 + 20 + 1
    assert len(rows[0]) == 2 + 2 * 10
    assert rows[-1] == ["shown: 20 of 25 components, 10 of 12 features"]


def test_run_names_its_end_and_its_features():
    trace = gv.fit(gv.Dataset([[1.0], [2], [9], [10]], ("<min>",), name="a & b"), n_components=1, max_iter=3)
    caption, rows = cells(trace._repr_html_())

    assert caption == "a & b, converged after 2 iterations: log-likelihood −11.25, at the start −24.45"
    assert rows[0] == ["component", "weight", "mean of <min>", "sd of <min>"]
    assert rows[1][:3] == ["1", "1", "5.5"]


def test_snapshot_names_its_iteration():
    trace = gv.fit([[1.0], [2], [9], [10]], n_components=1)
    caption, rows = cells(trace[1]._repr_html_())

    assert caption == f"Iteration 1: log-likelihood −{abs(trace[1].log_likelihood):.2f}"
    assert rows[1][:3] == ["1", "1", "5.5"]


def test_data_show_their_first_points_and_labels():
    data = gv.Dataset(np.arange(14.0).reshape(7, 2), ("a", "b"), labels=["u", "<v>"] * 3 + ["u"], name="mine")

    assert cells(data._repr_html_()) == (
        "mine: 7 points, 2 features",
        [
            ["point", "a", "b", "label"],
            *(["0", "0", "1", "u"], ["1", "2", "3", "<v>"], ["2", "4", "5", "u"], ["3", "6", "7", "<v>"]),
            *(["4", "8", "9", "u"], ["shown: 5 of 7 points"]),
        ],
    )
