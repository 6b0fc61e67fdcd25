"""`gmmviz trace`."""

import gmmviz as gv


def test_trace_saves_the_run(gmmviz, scene, folder):
    done = gmmviz("trace", scene, "-o", "run.npz")

    assert done.exit_code == 0
    assert done.stdout.startswith("run.npz  4 snapshots, ")
    saved = gv.Trace.load(folder / "run.npz")
    assert (saved.log_likelihoods == gv.load_scene(scene).traces[0].log_likelihoods).all()


def test_trace_of_several_runs_needs_a_name(gmmviz, write_scene, small_scene, folder):
    scene = write_scene(small_scene + "[sweep]\ncomponents = [1, 2]\n")

    unnamed = gmmviz("trace", scene, "-o", "run.npz")
    misnamed = gmmviz("trace", scene, "-o", "run.npz", "--run", "K = 3")
    named = gmmviz("trace", scene, "-o", "run.npz", "--run", "K = 1")

    assert unnamed.stderr == f"{scene} has 2 runs: choose one with --run: 'K = 1' or 'K = 2'\n"
    assert misnamed.stderr == f"{scene} has no run 'K = 3'; did you mean 'K = 2'?\n"
    assert (unnamed.exit_code, misnamed.exit_code, named.exit_code) == (2, 2, 0)
    assert gv.Trace.load(folder / "run.npz").n_components == 1


def test_only_run_may_be_saved_without_a_name(gmmviz, scene, folder):
    assert gmmviz("trace", scene, "-o", folder / "run.npz").exit_code == 0
    size = (folder / "run.npz").stat().st_size / 1e3

    assert gmmviz("trace", scene, "-o", "run.npz").stdout == f"run.npz  4 snapshots, {size:.0f} kB\n"


def test_trace_is_an_npz_file(gmmviz, scene):
    done = gmmviz("trace", scene, "-o", "run.csv")

    assert (done.exit_code, done.stderr) == (2, "a trace is a .npz file: give run.npz, not run.csv\n")


def test_full_disk_leaves_the_old_trace(gmmviz, scene, folder, full_disk):
    (folder / "run.npz").write_text("old")

    done = gmmviz("trace", scene, "-o", "run.npz")

    assert (done.exit_code, done.stderr) == (1, "run.npz was not written: File too large\n")
    assert (folder / "run.npz").read_text() == "old"


def test_checkpoint_keeps_the_run(gmmviz, scene, folder):
    first = gmmviz("trace", scene, "-o", "run.npz", "--checkpoint", "kept.npz")
    shorter = gv.Trace.load(folder / "run.npz")
    again = gmmviz("trace", scene, "-o", "run.npz", "--checkpoint", "kept.npz", "--set", "model.max_iter=6")

    assert (first.exit_code, again.exit_code) == (0, 0)
    longer = gv.Trace.load(folder / "run.npz")
    assert (len(shorter), len(longer)) == (4, 7)
    assert longer.log_likelihoods[:4].tolist() == shorter.log_likelihoods.tolist()


def test_checkpoint_that_cannot_be_is_refused(gmmviz, scene, write_scene, small_scene, folder):
    several = write_scene(small_scene + "[sweep]\ncomponents = [1, 2]\n", "several.toml")
    python = write_scene("def animation():\n    pass\n", "own.py")
    gmmviz("trace", scene, "-o", "run.npz")

    for path, checkpoint, said in (
        (several, "kept.npz", f"{several} has 2 runs, and a checkpoint is of one: leave it out\n"),
        (scene, "run.npz", "run.npz cannot be both the record and the checkpoint: give two names\n"),
    ):
        done = gmmviz("trace", path, "-o", "run.npz", "--checkpoint", checkpoint)
        assert (done.exit_code, done.stderr) == (2, said)
    done = gmmviz("trace", python, "-o", "run.npz", "--checkpoint", "kept.npz", "--allow-plugins")
    assert done.stderr == f"{python} fits its runs itself: give checkpoint= to gmmviz.fit in it\n"
    done = gmmviz("trace", scene, "-o", "new.npz", "--checkpoint", "run.npz")
    assert "run.npz is no checkpoint of gmmviz, so it is left as it is: give another name" in done.stderr
    assert done.exit_code == 2
