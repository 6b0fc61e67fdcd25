"""Saved runs: read back as they were, or refused."""

import dataclasses
import hashlib
import io
import json
import zipfile

import numpy as np
import pytest
from mutations import tried

import gmmviz as gv
from gmmviz.engine import trace_file


def test_saved_trace_is_read_back_whole(old_faithful, tmp_path):
    truth = gv.Mixture([1.0], [[3, 70]], [np.eye(2)])
    data = gv.Dataset(old_faithful.points, ("a", "b"), "mine", labels=["x"] * 272, truth=truth, source="here")
    trace = gv.fit(data, gv.RandomPoints(seed=4), n_components=2)
    trace.save(tmp_path / "run.npz")

    again = gv.Trace.load(tmp_path / "run.npz")

    assert repr(again) == repr(trace)
    assert again.to_dict() == trace.to_dict()
    assert np.array_equal(again.data.points, data.points)
    assert again.data.labels.tolist() == ["x"] * 272
    assert (again.data.truth.means == truth.means).all()
    assert again.data.source == "here"
    assert again.events == trace.events


def test_saved_trace_holds_no_pickle(trace, tmp_path):
    trace.save(tmp_path / "run.npz")

    with np.load(tmp_path / "run.npz", allow_pickle=False) as file:
        assert all(file[name].dtype != object for name in file)


def npz(**arrays):
    file = io.BytesIO()
    np.savez(file, **arrays)
    return file.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("none.npz", None, "there is no file {path}"),
        ("text.npz", b"hello", "{path} is not a saved trace: it is no .npz file"),
        ("empty.npz", b"", "{path} is not a saved trace: it is no .npz file"),
        ("other.npz", npz(weights=[1.0]), "{path} is not a saved trace: it holds no 'story'"),
        ("part.npz", npz(story="no JSON"), "{path} is not a saved trace: it holds no 'points'"),
    ],
)
def test_what_is_no_trace_is_refused(tmp_path, name, content, message):
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content)

    with pytest.raises(gv.InputError) as caught:
        gv.Trace.load(path)

    assert str(caught.value) == message.format(path=path)


def test_trace_is_saved_as_npz_only(trace, tmp_path):
    with pytest.raises(gv.InputError) as caught:
        trace.save(tmp_path / "run.csv")

    assert str(caught.value) == f"a trace is saved as .npz, not .csv: {tmp_path}/run.csv"


def test_trace_needs_a_folder(trace, tmp_path):
    with pytest.raises(gv.InputError) as caught:
        trace.save(tmp_path / "runs" / "run.npz")

    assert str(caught.value) == f"there is no folder {tmp_path}/runs to write run.npz into: make it first"


def test_saving_leaves_nothing_beside_the_file(old_faithful, tmp_path):
    trace = gv.fit(old_faithful, n_components=2, max_iter=np.int64(3), tol=np.float32(0), n_init=2)
    trace.save(tmp_path / "run.npz")

    assert [path.name for path in tmp_path.iterdir()] == ["run.npz"]
    assert gv.Trace.load(tmp_path / "run.npz").attempts == ()


def arrays_of(path):
    with np.load(path) as file:
        return dict(file)


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    """Two runs of equal shapes in every array, saved."""
    folder = tmp_path_factory.mktemp("saved")
    for name, seed in (("one", 1), ("two", 2)):
        truth = gv.Mixture([0.3 * seed, 1 - 0.3 * seed], [[0, 0], [3, seed]], [np.eye(2), np.eye(2) / seed])
        points, labels = truth.sample(20, seed)
        data = gv.Dataset(points, ("a", "b"), name, labels, truth, "made up", others=points[:3] + seed)
        gv.fit(data, truth, max_iter=3, tol=0).save(folder / f"{name}.npz")
    return folder / "one.npz", folder / "two.npz"


NAMES = [
    name
    for name in trace_file.SIDES | trace_file.OPTIONAL_SIDES
    if name not in ("pixels", "point_weights", "known")
]


@pytest.mark.parametrize("name", NAMES)
def test_array_of_another_run_is_refused(saved, tmp_path, name):
    one, two = map(arrays_of, saved)
    assert one.keys() == set(NAMES)
    assert one[name].shape == two[name].shape
    assert not np.array_equal(one[name], two[name])
    np.savez(tmp_path / "run.npz", **one | {name: two[name]})

    with pytest.raises(gv.InputError) as caught:
        gv.Trace.load(tmp_path / "run.npz")

    assert str(caught.value) == (
        f"{tmp_path}/run.npz is not a saved trace: what it holds does not belong together, or was changed after it "
        "was saved"
    )


@pytest.mark.parametrize("name", [name for name in NAMES if name != "checksum"])
def test_array_taken_out_is_refused(saved, tmp_path, name):
    arrays = arrays_of(saved[0])
    del arrays[name]
    np.savez(tmp_path / "run.npz", **arrays)

    with pytest.raises(gv.InputError):
        gv.Trace.load(tmp_path / "run.npz")


def test_weights_of_points_are_saved_and_belong_to_them(tmp_path):
    points = [[1.0], [2.0], [4.0], [5.0]]
    for name, weights in (("one", [1, 2, 3, 4]), ("two", [4, 3, 2, 1])):
        gv.fit(gv.Dataset(points, weights=weights), n_components=1, max_iter=1).save(tmp_path / f"{name}.npz")
    one, two = (arrays_of(tmp_path / f"{name}.npz") for name in ("one", "two"))

    assert gv.Trace.load(tmp_path / "one.npz").data.weights.tolist() == [1, 2, 3, 4]
    np.savez(tmp_path / "run.npz", **one | {"point_weights": two["point_weights"]})
    with pytest.raises(gv.InputError, match="does not belong together"):
        gv.Trace.load(tmp_path / "run.npz")
    del one["checksum"]
    np.savez(tmp_path / "run.npz", **one)
    with pytest.raises(gv.InputError, match="its points have weights, but it has no checksum"):
        gv.Trace.load(tmp_path / "run.npz")


def test_known_components_are_saved_and_belong_to_the_points(tmp_path):
    points = [[1.0], [2.0], [4.0], [5.0]]
    for name, known in (("one", [0, -1, -1, 1]), ("two", [1, -1, -1, 0])):
        gv.fit(points, n_components=2, max_iter=1, labels=known).save(tmp_path / f"{name}.npz")
    one, two = (arrays_of(tmp_path / f"{name}.npz") for name in ("one", "two"))

    again = gv.Trace.load(tmp_path / "one.npz")
    assert again.data.known.tolist() == [0, -1, -1, 1]
    assert again.responsibilities(-1)[[0, 3]].tolist() == [[1, 0], [0, 1]]
    np.savez(tmp_path / "run.npz", **one | {"known": two["known"]})
    with pytest.raises(gv.InputError, match="does not belong together"):
        gv.Trace.load(tmp_path / "run.npz")
    del one["checksum"]
    np.savez(tmp_path / "run.npz", **one)
    with pytest.raises(gv.InputError, match="its points have known components, but it has no checksum"):
        gv.Trace.load(tmp_path / "run.npz")


def test_temperatures_are_saved(old_faithful, tmp_path):
    trace = gv.fit(old_faithful, n_components=2, algorithm="annealing", beta=[0.3, np.inf], max_iter=4, tol=0)
    trace.save(tmp_path / "run.npz")

    again = gv.Trace.load(tmp_path / "run.npz")

    assert again.betas.tolist() == [0.3] + [np.inf] * 4
    for t in range(5):
        assert np.array_equal(again.responsibilities(t), trace.responsibilities(t))
    assert np.array_equal(again.objectives, trace.objectives)


def edited(arrays, edit):
    """The arrays of a file of the first version, after an edit of its story."""
    story = json.loads(str(arrays["story"]))
    edit(story)
    return {name: arrays[name] for name in arrays if name != "checksum"} | {"story": np.array(json.dumps(story))}


def test_file_of_the_first_version_is_read(saved, tmp_path):
    np.savez(tmp_path / "run.npz", **edited(arrays_of(saved[0]), lambda story: story.pop("others_name")))

    assert gv.Trace.load(tmp_path / "run.npz").to_dict() == gv.Trace.load(saved[0]).to_dict()


@pytest.mark.parametrize("algorithm", ["em", "hard_em", "kmeans"])
def test_file_of_the_first_version_is_compared_with_its_own_algorithm(old_faithful, tmp_path, algorithm):
    trace = gv.fit(old_faithful, n_components=3, algorithm=algorithm)
    trace.save(tmp_path / "run.npz")
    np.savez(tmp_path / "run.npz", **edited(arrays_of(tmp_path / "run.npz"), lambda story: None))

    assert gv.Trace.load(tmp_path / "run.npz").to_dict() == trace.to_dict()


@pytest.mark.parametrize(("counts", "loads"), [([3, 2], True), ([2, 3], True), ([4, 1], False), ([3, 3], False)])
def test_point_between_two_components_may_be_counted_with_either(tmp_path, counts, loads):
    start = gv.Mixture([0.5, 0.5], [[0], [4]], [[[1.0]], [[1.0]]])
    gv.fit([0.0, 0, 2, 4, 4], start, algorithm="hard_em", max_iter=0).save(tmp_path / "run.npz")
    arrays = edited(arrays_of(tmp_path / "run.npz"), lambda story: None) | {"counts": np.array([counts], float)}
    np.savez(tmp_path / "run.npz", **arrays)

    if loads:
        assert gv.Trace.load(tmp_path / "run.npz")[0].counts.tolist() == counts
    else:
        with pytest.raises(gv.InputError, match=OTHER):
            gv.Trace.load(tmp_path / "run.npz")


def test_rounding_far_from_0_is_no_other_run(tmp_path):
    points = 1e8 + 1e-6 * np.random.default_rng(0).normal(size=(40, 2))
    trace = gv.fit(points, n_components=2, max_iter=10)
    trace.save(tmp_path / "run.npz")
    np.savez(tmp_path / "run.npz", **edited(arrays_of(tmp_path / "run.npz"), lambda story: None))

    assert gv.Trace.load(tmp_path / "run.npz").to_dict() == trace.to_dict()


OTHER = "iteration 0 has the log-likelihood or counts of other parameters or points"
UNREADABLE = "its content cannot be read"


@pytest.mark.parametrize("many", [0, 10**9])
@pytest.mark.parametrize("name", ["points", "weights", "means", "covariances", "counts", "story"])
def test_array_of_another_run_is_refused_in_a_file_of_the_first_version(saved, tmp_path, monkeypatch, name, many):
    monkeypatch.setattr(trace_file, "MANY", many)
    one, two = map(arrays_of, saved)
    np.savez(tmp_path / "run.npz", **edited(one | {name: two[name]}, lambda story: None))

    with pytest.raises(gv.InputError, match=OTHER):
        gv.Trace.load(tmp_path / "run.npz")


@pytest.mark.parametrize(
    ("edit", "message"),
    [
        (lambda story: story["snapshots"][1].update(iteration=7), "its iterations are not counted from 0"),
        (lambda story: story["snapshots"][2].update(log_likelihood=0.0), OTHER.replace("0", "2")),
        (lambda story: story["snapshots"][2].update(log_likelihood=float("nan")), OTHER.replace("0", "2")),
        (lambda story: story["snapshots"].pop(), "what it tells of each iteration does not go with its numbers"),
        (lambda story: story.update(snapshots=[]), "what it tells of each iteration does not go with its numbers"),
        (lambda story: story.update(stop_reason="bored"), UNREADABLE),
        (lambda story: story["settings"].update(algorithm="hard_em"), OTHER),
        (lambda story: story["settings"].update(algorithm="magic"), "unknown algorithm 'magic'; known: "),
        (lambda story: story["settings"].update(covariance_type="round"), UNREADABLE),
        (lambda story: story["settings"].update(max_iter="many"), UNREADABLE),
        (lambda story: story["settings"].update(max_iter="3"), UNREADABLE),
        (lambda story: story["settings"].update(reg_covar="0.5"), UNREADABLE),
        (lambda story: story["snapshots"][0].update(iteration="0"), UNREADABLE),
        (lambda story: story["snapshots"][1].update(log_likelihood="-80.0"), UNREADABLE),
        (lambda story: story["snapshots"][0].update(events=["x"]), UNREADABLE),
        (
            lambda story: story["snapshots"][0].update(events=[{"kind": "dead", "message": "", "component": 9}]),
            "iteration 0 tells of a component or a point that there is not",
        ),
        (lambda story: story["data"].update(feature_names=["a"]), "1 feature name for 2 features: ['a']"),
        (lambda story: story.pop("settings"), UNREADABLE),
        (lambda story: story.update(source=[[[[]]]]), UNREADABLE),
    ],
)
def test_story_of_another_run_is_refused_in_a_file_of_the_first_version(saved, tmp_path, edit, message):
    np.savez(tmp_path / "run.npz", **edited(arrays_of(saved[0]), edit))

    with pytest.raises(gv.InputError) as caught:
        gv.Trace.load(tmp_path / "run.npz")

    assert str(caught.value).startswith(f"{tmp_path}/run.npz is not a saved trace: {message}")


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"points": np.zeros((21, 2))}, "its 'labels' has the shape (20,), which does not go with the others"),
        ({"means": np.zeros((4, 2, 3))}, "its 'means' has the shape (4, 2, 3), which does not go with the others"),
        ({"counts": np.zeros(4)}, "its 'counts' is an array of float64 of shape (4,)"),
        ({"weights": np.zeros((4, 2), int)}, "its 'weights' is an array of int64 of shape (4, 2)"),
        ({"story": np.array({}, object)}, UNREADABLE),
        ({"story": np.array(1.0)}, "its 'story' is an array of float64 of shape ()"),
    ],
)
def test_array_of_another_kind_or_shape_is_refused(saved, tmp_path, changed, message):
    np.savez(tmp_path / "run.npz", **arrays_of(saved[0]) | changed)

    with pytest.raises(gv.InputError) as caught:
        gv.Trace.load(tmp_path / "run.npz")

    assert str(caught.value) == f"{tmp_path}/run.npz is not a saved trace: {message}"


def zeros(path, shape, compression=zipfile.ZIP_DEFLATED):
    """A .npz file whose points are so many zeros, made without holding them."""
    head = io.BytesIO()
    np.lib.format.write_array_header_1_0(head, {"descr": "<f8", "fortran_order": False, "shape": shape})
    with zipfile.ZipFile(path, "w", compression) as archive:
        for name in trace_file.SIDES:
            with archive.open(f"{name}.npy", "w") as member:
                if name == "points":
                    member.write(head.getvalue())
                    for _ in range(np.prod(shape) // 2**20):
                        member.write(bytes(2**23))
                elif name == "story":
                    np.save(member, "{}")
                else:
                    np.save(member, np.ones((1,) * len(trace_file.SIDES[name])))


def test_file_that_would_unpack_to_far_more_is_refused_before_it_does(tmp_path, monkeypatch):
    monkeypatch.setattr(trace_file, "MODEST", 30_000_000)
    zeros(tmp_path / "run.npz", (4 * 2**20, 1))
    n_packed = (tmp_path / "run.npz").stat().st_size

    with pytest.raises(gv.InputError) as caught:
        gv.Trace.load(tmp_path / "run.npz")

    assert n_packed < 50_000
    assert str(caught.value) == (
        f"{tmp_path}/run.npz is not a saved trace: its {n_packed:,} bytes would unpack to 33,554,472"
    )


def test_array_shorter_than_it_says_is_refused(tmp_path):
    zeros(tmp_path / "run.npz", (300_000, 1))

    with pytest.raises(gv.InputError, match=UNREADABLE):
        gv.Trace.load(tmp_path / "run.npz")


def test_other_compressions_are_refused(tmp_path):
    zeros(tmp_path / "run.npz", (2**20, 1), zipfile.ZIP_LZMA)

    with pytest.raises(gv.InputError, match=UNREADABLE):
        gv.Trace.load(tmp_path / "run.npz")


def test_names_that_are_not_known_are_not_read(saved, tmp_path):
    np.savez(tmp_path / "run.npz", **arrays_of(saved[0]), more=np.array([{}], dtype=object))

    assert gv.Trace.load(tmp_path / "run.npz").to_dict() == gv.Trace.load(saved[0]).to_dict()


def test_points_that_are_all_alike_are_read_back(tmp_path, monkeypatch):
    """They would be taken for a bomb if they were compressed."""
    monkeypatch.setattr(trace_file, "MODEST", 100_000)
    data = gv.Dataset(np.repeat([[0.0], [1], [3]], 20_000, axis=0))
    trace = gv.fit(data, n_components=1, max_iter=1)
    trace.save(tmp_path / "run.npz")

    assert (tmp_path / "run.npz").stat().st_size > 480_000
    assert gv.Trace.load(tmp_path / "run.npz").to_dict() == trace.to_dict()


@pytest.mark.parametrize(
    "points", [np.asfortranarray(np.eye(3)), np.eye(3, dtype=np.float32), np.eye(3, dtype=">f8")]
)
def test_points_are_read_back_in_any_order_and_precision(tmp_path, points):
    trace = gv.fit(points, n_components=1, max_iter=1)
    trace.save(tmp_path / "run.npz")
    again = gv.Trace.load(tmp_path / "run.npz").data.points

    assert again.dtype == points.dtype
    assert np.array_equal(again, points)


def test_which_pixels_the_points_are_is_read_back(tmp_path):
    data = gv.Dataset([[1.0], [2], [4]], shape=(2, 2), pixels=[3, 0, 2])
    gv.fit(data, n_components=1).save(tmp_path / "run.npz")

    assert gv.Trace.load(tmp_path / "run.npz").data.pixels.tolist() == [3, 0, 2]


def test_name_in_an_odd_encoding_is_read_back_as_far_as_it_has_letters(tmp_path):
    gv.fit(gv.Dataset([1.0, 2, 4], name="tür-\udcff-𝛑"), n_components=1).save(tmp_path / "run.npz")

    assert gv.Trace.load(tmp_path / "run.npz").data.name == "tür-?-𝛑"


def test_arrays_of_python_objects_are_refused(trace, tmp_path):
    data = dataclasses.replace(trace.data)
    object.__setattr__(data, "labels", np.array([{}] * 272))

    with pytest.raises(gv.InputError) as caught:
        gv.Trace(data, trace.snapshots, "max_iter").save(tmp_path / "run.npz")

    assert str(caught.value) == "labels of Python objects cannot be saved: make them texts, with astype(str)"
    assert not (tmp_path / "run.npz").exists()


def test_settings_that_are_no_texts_or_numbers_are_refused(trace, tmp_path):
    with pytest.raises(gv.InputError) as caught:
        gv.Trace(trace.data, trace.snapshots, "max_iter", {"start": object()}).save(tmp_path / "run.npz")

    assert str(caught.value) == "the settings of a trace must be texts and numbers, or they cannot be saved"
    assert not (tmp_path / "run.npz").exists()


def test_changed_byte_is_refused_or_changes_nothing(tmp_path):
    trace = gv.fit([1.0, 2, 4, 7], n_components=1, max_iter=1)
    trace.save(tmp_path / "run.npz")
    blob = (tmp_path / "run.npz").read_bytes()
    for place in range(0, len(blob), 17):
        changed = bytearray(blob)
        changed[place] ^= 0xFF
        (tmp_path / "run.npz").write_bytes(changed)
        try:
            again = gv.Trace.load(tmp_path / "run.npz")
        except gv.InputError:
            continue
        assert again.to_dict() == trace.to_dict()
        assert np.array_equal(again.data.points, trace.data.points)


@pytest.mark.long
@pytest.mark.parametrize("save", [np.savez, np.savez_compressed])
def test_changed_files_are_refused_or_change_nothing(saved, tmp_path, save):
    """Of 2,000 in all."""
    trace, path = gv.Trace.load(saved[0]), tmp_path / "run.npz"
    save(path, **arrays_of(saved[0]))

    def load(changed):
        path.write_bytes(changed)
        again = gv.Trace.load(path)
        assert again.to_dict() == trace.to_dict()
        assert np.array_equal(again.data.points, trace.data.points)
        assert np.array_equal(again.data.labels, trace.data.labels)

    print(tried(path.read_bytes(), load, 1000))


@pytest.mark.parametrize(
    ("tells", "loads"),
    [
        ({"component": 0, "point": 0}, True),
        ({"component": 1, "point": 19}, True),
        ({"component": 2}, False),
        ({"component": -1}, False),
        ({"point": 20}, False),
        ({"point": -1}, False),
    ],
)
def test_event_tells_of_a_component_and_a_point_that_there_are(saved, tmp_path, tells, loads):
    event = {"kind": "held", "message": "", **tells}
    np.savez(
        tmp_path / "run.npz",
        **edited(arrays_of(saved[0]), lambda story: story["snapshots"][1].update(events=[event])),
    )

    if loads:
        assert gv.Trace.load(tmp_path / "run.npz")[1].events[0].kind == "held"
    else:
        with pytest.raises(gv.InputError, match="iteration 1 tells of a component or a point that there is not"):
            gv.Trace.load(tmp_path / "run.npz")


@pytest.mark.parametrize("n_packed", [0, 2_500_000, 2_500_001, 10**7])
def test_file_may_unpack_to_a_modest_size_or_a_hundred_times_its_own(n_packed):
    most = max(250_000_000, 100 * n_packed)

    assert not trace_file._is_bomb(most, n_packed)
    assert trace_file._is_bomb(most + 1, n_packed)


def test_every_iteration_is_compared_up_to_a_number_of_numbers(saved, tmp_path, monkeypatch):
    """Of 20 points in the plane after 0 to 3 iterations: 160 numbers."""
    arrays = edited(arrays_of(saved[0]), lambda story: story["snapshots"][1].update(log_likelihood=0.0))
    np.savez(tmp_path / "run.npz", **arrays)

    monkeypatch.setattr(trace_file, "MANY", 159)  # the first and the last alone
    assert len(gv.Trace.load(tmp_path / "run.npz")) == 4
    monkeypatch.setattr(trace_file, "MANY", 160)
    with pytest.raises(gv.InputError, match=OTHER.replace("0", "1")):
        gv.Trace.load(tmp_path / "run.npz")


@pytest.mark.parametrize(("far", "loads"), [(1e-6, True), (-1e-6, True), (1e-3, False), (-1e-3, False)])
def test_log_likelihood_may_differ_by_rounding(saved, tmp_path, far, loads):
    def edit(story):
        story["snapshots"][2]["log_likelihood"] += far

    np.savez(tmp_path / "run.npz", **edited(arrays_of(saved[0]), edit))

    if loads:
        gv.Trace.load(tmp_path / "run.npz")
    else:
        with pytest.raises(gv.InputError, match=OTHER.replace("0", "2")):
            gv.Trace.load(tmp_path / "run.npz")


@pytest.mark.parametrize("at_once", [1, 7, 19, 20, 21])
def test_checksum_is_that_of_all_rows_however_many_are_read_at_once(saved, monkeypatch, at_once):
    arrays = arrays_of(saved[0])
    monkeypatch.setattr(trace_file, "AT_ONCE", at_once)

    assert trace_file._checksum(arrays) == str(arrays["checksum"])


def test_path_without_a_suffix_is_refused(trace, tmp_path):
    with pytest.raises(gv.InputError) as caught:
        trace.save(tmp_path / "run")

    assert str(caught.value) == f"a trace is saved as .npz, not without a suffix: {tmp_path}/run"


def test_checksum_is_of_names_kinds_shapes_and_elements():
    """And of the same text in every version, or files of earlier ones would be refused."""
    one, two = np.array([1.0, 2.0], "<f8"), np.array("x", "<U1")
    text = b"a <f8 (2,)" + one.tobytes() + b"b <U1 ()" + two.tobytes()

    assert trace_file._checksum({"b": two, "checksum": two, "a": one}) == hashlib.sha256(text).hexdigest()
    zeros = [{"a": np.zeros(6)}, {"b": np.zeros(6)}, {"a": np.zeros(6, int)}, {"a": np.zeros((2, 3))}]
    assert len({trace_file._checksum(arrays) for arrays in zeros}) == 4
