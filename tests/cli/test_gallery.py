"""`gmmviz gallery`."""


def test_page_needs_the_film(gmmviz, write_scene, small_scene, tmp_path):
    path = write_scene(small_scene)

    done = gmmviz("gallery", path, "-o", tmp_path / "page.md")

    assert done.exit_code == 2
    assert (
        done.stderr == f"there is no {tmp_path / 'scene.gif'}: make it with gmmviz render {path} -o {tmp_path}\n"
    )
    assert not (tmp_path / "page.md").exists()
