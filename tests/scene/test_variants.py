"""Several runs in one film: variants, sweeps, and scenes that extend others."""

import pytest

import gmmviz as gv

BASE = '[data]\ndataset = "old_faithful"\n[model]\ncomponents = 2\nmax_iter = 3\n'


def runs(path):
    return [(run.name, run.trace) for run in gv.load_scene(path).animation().runs]


def test_variants_are_runs_that_differ_in_what_they_say(write_scene):
    path = write_scene(
        BASE + '[variants."seed 1".model.start]\nseed = 1\n[variants.tied.model]\ncovariance_type = "tied"\n'
    )

    (first, a), (second, b) = runs(path)

    data = gv.load_dataset("old_faithful")
    alone = gv.fit(data, gv.RandomPoints(seed=1), n_components=2, max_iter=3)
    assert (first, second) == ("seed 1", "tied")
    assert (a[-1].mixture.means == alone[-1].mixture.means).all()
    assert (b[-1].mixture.covariances[0] == b[-1].mixture.covariances[1]).all()


def test_variants_may_have_data_of_their_own(write_scene):
    path = write_scene(
        BASE
        + '[variants.faithful]\n[variants.iris.data]\ndataset = "iris"\nfeatures = ["sepal_length_cm", "petal_length_cm"]\n'
    )

    assert [trace.data.name for _, trace in runs(path)] == ["Old Faithful", "Iris"]


def test_runs_of_one_data_set_share_it(write_scene):
    scene = gv.load_scene(write_scene(BASE + "[sweep]\nseed = [1, 2]\n"))

    assert scene.datasets[0] is scene.datasets[1]


def test_sweep_makes_every_combination(write_scene):
    path = write_scene(BASE + "[sweep]\ncomponents = [1, 2]\nseed = [3, 4]\n")

    assert [(name, trace.n_components) for name, trace in runs(path)] == [
        ("K = 1, seed 3", 1), ("K = 1, seed 4", 1), ("K = 2, seed 3", 2), ("K = 2, seed 4", 2)
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ('covariance_type = ["full", "tied"]', ["full", "tied"]),
        ("tol = [0.1, 1e-6]", ["tol = 0.1", "tol = 1e-06"]),
        ("model.start.scale = [0.2, 2]", ["scale = 0.2", "scale = 2"]),
        ('start = [{ kind = "kmeans" }, { kind = "random_points", seed = 2 }]', ["kmeans", "random_points"]),
        ('data.features = [["eruptions", "waiting"], ["waiting", "eruptions"]]', ["features 1", "features 2"]),
    ],
)
def test_swept_runs_are_named_after_their_values(write_scene, line, names):
    assert [name for name, _ in runs(write_scene(f"{BASE}[sweep]\n{line}\n"))] == names


def test_sweep_of_samples(write_scene):
    sample = (
        'dataset = "sample"\nn_points = 30\nweights = [1]\nmeans = [[0, 0]]\ncovariances = [[[1, 0], [0, 1]]]\n'
    )
    path = write_scene(f"[data]\n{sample}[model]\ncomponents = 1\n[sweep]\ndata.seed = [1, 2]\n")

    (first, a), (second, b) = runs(path)

    assert (first, second) == ("sample 1", "sample 2")
    assert (a.data.points != b.data.points).any()


def test_scene_extends_another_table_by_table(write_scene, tmp_path):
    (tmp_path / "shared").mkdir()
    write_scene(BASE + '[theme]\nname = "dark"\n[pace]\nlength = 9\nend = 1.5\n', "shared/base.toml")
    path = write_scene('extends = "shared/base.toml"\ntitle = "Mine"\n[pace]\nlength = 11\n')

    scene = gv.load_scene(path)

    assert (scene.tables.title, scene.tables.theme.name) == ("Mine", "dark")
    assert (scene.tables.pace.length, scene.tables.pace.end) == (11, 1.5)
    assert scene.tables.model.max_iter == 3


def test_path_is_relative_to_the_file_that_has_it(write_scene, tmp_path):
    (tmp_path / "shared").mkdir()
    (tmp_path / "shared" / "points.csv").write_text("x,y\n1,2\n3,4\n5,7\n")
    write_scene('[data]\ndataset = "csv"\npath = "points.csv"\n[model]\ncomponents = 1\n', "shared/base.toml")
    path = write_scene('extends = "shared/base.toml"\n')

    scene = gv.load_scene(path)

    assert scene.dataset.points.tolist() == [[1, 2], [3, 4], [5, 7]]
    assert scene.files == (path, tmp_path / "shared/base.toml", tmp_path / "shared/points.csv")


def test_table_that_chooses_another_class_says_everything_anew(write_scene):
    write_scene(BASE + '[model.start]\nkind = "random_points"\nscale = 0.1\n', "base.toml")

    other = gv.load_scene(write_scene('extends = "base.toml"\n[model.start]\nkind = "kmeans"\n'))
    same = gv.load_scene(write_scene('extends = "base.toml"\n[model.start]\nseed = 7\n'))

    assert other.tables.model.start == gv.KMeans()
    assert same.tables.model.start == gv.RandomPoints(seed=7, scale=0.1)


def test_settings_lie_on_top_of_the_file(write_scene):
    path = write_scene(BASE + "[pace]\nlength = 9\n")

    scene = gv.load_scene(path, settings=["pace.length = 8.5", "title=Geyser", 'model.start={kind="kmeans"}'])

    assert (scene.tables.pace.length, scene.tables.title) == (8.5, "Geyser")
    assert scene.tables.model.start == gv.KMeans()


def test_last_of_two_settings_holds(write_scene):
    scene = gv.load_scene(write_scene(BASE), settings=["title=A", "title=B"])

    assert scene.tables.title == "B"


def test_mistakes_are_placed_in_the_files_where_they_stand(write_scene, tmp_path):
    write_scene(BASE + "[pace]\nlength = -1\n", "base.toml")
    path = write_scene('extends = "base.toml"\n[model]\ncomponents = "two"\n')

    with pytest.raises(gv.InputError) as caught:
        gv.load_scene(path)

    assert str(caught.value) == (
        f"{path}:3:14: model.components: expected a whole number, got 'two'\n"
        f'   3 | components = "two"\n     |              ^^^^^\n'
        f"{tmp_path}/base.toml:7:10: pace.length: must be at least 0, not -1\n"
        "   7 | length = -1\n     |          ^^"
    )


def test_extending_in_a_circle_is_refused(write_scene, tmp_path):
    write_scene('extends = "b.toml"\n', "a.toml")
    write_scene('extends = "a.toml"\n', "b.toml")

    with pytest.raises(gv.InputError) as caught:
        gv.load_scene(tmp_path / "a.toml")

    assert str(caught.value) == (
        f"{tmp_path}/b.toml:1:11: extends: {tmp_path}/a.toml extends this file in turn: take one of them out\n"
        f'   1 | extends = "a.toml"\n     |           ^^^^^^^^'
    )


def test_scenes_may_not_extend_one_another_without_end(write_scene, tmp_path):
    for i in range(11):
        write_scene(f'extends = "{i + 1}.toml"\n', f"{i}.toml")

    with pytest.raises(gv.InputError) as caught:
        gv.load_scene(tmp_path / "0.toml")

    assert "9.toml:1:11: extends: 10 files extend one another already: put some together\n" in str(caught.value)
