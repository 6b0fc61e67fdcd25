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
