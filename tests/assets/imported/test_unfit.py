"""Assets that can be read and are unfit: size, axes, surfaces, OBJ files, manifest."""

import numpy as np
import pytest
import trimesh

CRATE = "assets: crate: crate.glb: "


# Size and axes ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("factor", "advice"),
    [
        (1000, "looks like millimetres: scale: 0.001"),
        (100, "looks like centimetres: scale: 0.01"),
        (1 / 0.0254, "looks like inches: scale: 0.0254"),
        (0.5, "looks like scale: 2"),
    ],
)
def test_another_unit(said, workshop, factor, advice):
    crate = workshop.box(tuple(factor * side for side in workshop.size))
    workshop.glb(workshop.scene(crate=crate))
    told = said(workshop.manifest())
    measured = " x ".join(f"{factor * side:.3g}" for side in workshop.size)
    assert told == f"{CRATE}measures {measured} m, not 4.2 x 1.8 x 1.5 m: {advice}"


def test_other_axes(said, workshop):
    workshop.glb()
    told = said(workshop.manifest(forward="+z", up="+y"))
    axes = 'looks like forward: "+x" (or "-x") up: "+z"'
    assert told == f"{CRATE}measures 1.5 x 4.2 x 1.8 m, not 4.2 x 1.8 x 1.5 m: {axes}"


def test_a_size_that_is_wrong_by_more_than_two_percent(said, workshop):
    workshop.glb()
    told = said(workshop.manifest(width=1.84))
    assert told == f"{CRATE}measures 4.2 x 1.8 x 1.5 m, not 4.2 x 1.84 x 1.5 m, by more than 2%"


def test_a_mirror_far_away(said, workshop):
    mirror = workshop.box((0.1, 0.1, 0.1), (0, 30, 0), workshop.paint("mirror"))
    workshop.glb(workshop.scene(crate=workshop.box(), mirror=mirror))
    told = said(workshop.manifest(mirrors=["mirror"]))
    assert told == CRATE + "mirrors or rider reach 29.1 m out of it, at most 2"


def test_a_sheet(said, workshop):
    workshop.glb(workshop.scene(crate=workshop.box((4.2, 1.8, 0.0))))
    assert said(workshop.manifest()) == CRATE + (
        "measures 4.2 x 1.8 x 0 m, not 4.2 x 1.8 x 1.5 m: it is flat"
    )


@pytest.mark.parametrize(
    ("circuit", "place", "fault"),
    [
        ("low_beam", (-2.1, 0, 0), "low_beam is at the rear, -2.10 m: is forward turned round?"),
        ("tail", (2.1, 0, 0), "tail is at the front, 2.10 m: is forward turned round?"),
        ("indicator_left", (2.1, -0.6, 0),
         "indicator_left is on the right, -0.60 m: is up or forward turned round?"),
    ],
)  # fmt: skip
def test_a_lamp_at_the_wrong_end(said, workshop, circuit, place, fault):
    workshop.glb()
    told = said(workshop.manifest(lamps=[{"circuit": circuit, "position": list(place)}]))
    assert told == CRATE + fault


# Surfaces ---------------------------------------------------------------------------------------


def opened(workshop, gone):
    """Return a crate without the faces whose outward normal is `gone`."""
    crate = workshop.box()
    crate.update_faces(crate.face_normals @ np.array(gone, float) < 0.5)
    return workshop.scene(crate=crate)


@pytest.mark.parametrize("gone", [(1, 0, 0), (0, 1, 0), (0, 0, 1)])
def test_an_open_box_is_not_closed_enough(said, workshop, gone):
    posts = workshop.box((0.01, 0.01, 1.5), (2.095, 0.895, 0))
    model = opened(workshop, gone)
    model.add_geometry(posts)
    workshop.glb(model)
    told = said(workshop.manifest())
    assert told.startswith(CRATE + "is not closed enough for rays: ")
    assert told.endswith(
        "% of them see the inside of a surface, at most 5%: "
        "close holes, give thin sheets a thickness"
    )


def test_too_many_triangles_around_one_corner(said, workshop):
    disc = trimesh.creation.cylinder(radius=0.9, height=1.5, sections=3000)
    workshop.glb(workshop.scene(crate=disc))
    told = said(workshop.manifest(length=1.8))
    assert told == CRATE + "has 3000 triangles around one corner, at most 2000"


def wheeled(workshop, *places):
    """Return a car on wheels at `places` (x, y, z), 0.3 m in radius."""
    model = workshop.scene(crate=workshop.box((4.2, 1.8, 1.3), (0, 0, 0.1)))
    for x, y, z in places:
        tyre = trimesh.creation.cylinder(radius=0.3, height=0.2)
        tyre.apply_transform(trimesh.transformations.rotation_matrix(np.pi / 2, [1, 0, 0]))
        tyre.apply_translation([x, y, z - 0.75])
        tyre.visual = trimesh.visual.TextureVisuals(material=workshop.paint("tyre"))
        model.add_geometry(tyre)
    return model


@pytest.mark.parametrize(
    ("places", "fault"),
    [
        ([(1.3, 0.7, 0.3), (1.3, -0.7, 0.3)], "its wheels are all on one axle, 1.30 m ahead"),
        ([(1.3, 0.7, 0.3), (-1.3, 0.7, 0.5)],
         "the wheel at -1.30, 0.70 m hangs 0.20 m above the ground"),
    ],
)  # fmt: skip
def test_wheels_that_could_not_roll(said, workshop, places, fault):
    workshop.glb(wheeled(workshop, *places))
    assert said(workshop.manifest(wheels=["tyre"])) == CRATE + fault


# OBJ --------------------------------------------------------------------------------------------

CUBE = """mtllib {library}
{vertices}
usemtl {material}
f 1 2 4 3
f 5 7 8 6
f 1 5 6 2
f 3 4 8 7
f 1 3 7 5
f 2 6 8 4
"""


def obj(workshop, library="crate.mtl", material="paint", mtl="newmtl paint\nKd 1 0 0\n", **more):
    """Write the crate as OBJ."""
    half = [side / 2 for side in workshop.size]
    rows = [
        f"v {x * half[0]} {y * half[1]} {z * half[2]}"
        for x in (-1, 1) for y in (-1, 1) for z in (-1, 1)
    ]  # fmt: skip
    text = CUBE.format(library=library, vertices="\n".join(rows), material=material)
    workshop.put("crate.obj", more.get("change", str)(text))
    if mtl:
        workshop.put("crate.mtl", mtl)
    return workshop.manifest(file="crate.obj")


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"library": "none.mtl"}, "refers to none.mtl, which does not exist"),
        ({"library": "../crate.mtl"}, "refers to ../crate.mtl, which leaves the asset folder"),
        ({"library": "/etc/passwd"},
         "refers to /etc/passwd, which is an absolute path; expected one inside the asset folder"),
        ({"material": "chalk"}, "uses material chalk, which no material file has"),
        ({"mtl": "newmtl paint\nmap_Kd red.png\n"}, "refers to red.png, which does not exist"),
        ({"mtl": "newmtl paint\nmap_Kd -s 2 2 red.png\n"},
         "texture option -s is not understood"),
        ({"change": lambda text: text.replace("f 1 2 4 3", "f 1 2 4 99")},
         "cannot be read: "),
        ({"change": lambda text: text.replace("v -2.1", "v nan", 1)},
         "has 6 corners that are not finite (NaN or infinite)"),
        ({"change": lambda text: "\n".join(r for r in text.split("\n") if r[:1] != "f")},
         "has no triangles"),
        ({"change": lambda text: text + "f 1 2 3\n" * 200_001},
         "has 200007 triangles, at most 200000"),
    ],
)  # fmt: skip
def test_broken_obj_files(said, workshop, changes, fault):
    told = said(obj(workshop, **changes))
    assert told.startswith("assets: crate: crate.obj: " + fault)


# The manifest's entries -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"class": "carr"}, "assets.0.class=carr: expected one of car, van, truck, bus, ambulance, "
         "fire_engine, police_car, motorcycle, bicycle, pedestrian, dog, trailer, traffic_cone, "
         "barrier, debris; did you mean car?"),
        ({"class": None}, "assets.0.class: missing"),
        ({"lenght": 4.2}, "assets.0.lenght=4.2: no such key; did you mean assets.0.length?"),
        ({"length": None}, "assets.0.length: missing"),
        ({"length": "long"}, "assets.0.length=long: expected a number"),
        ({"length": 400}, "assets.0: length=400: expected a number from 0.05 to 30 m"),
        ({"scale": 0}, "assets.0: scale=0: expected a number from 1e-06 to 1e+06"),
        ({"share": 2}, "assets.0: share=2: expected a number above 0 and at most 1"),
        ({"name": "a b/c"}, "assets.0: name=a b/c: expected up to 40 letters, digits, _ or -"),
        ({"up": "y"}, "assets.0: up=y: expected one of +x, -x, +y, -y, +z, -z; did you mean -y?"),
        ({"up": "-x"}, "assets.0: forward=+x: expected an axis across up=-x"),
        ({"lamps": [{"circuit": "brakes", "lens": "x"}]},
         "assets.0.lamps.0: circuit=brakes: expected one of low_beam, high_beam, daytime, tail, "
         "brake, indicator_left, indicator_right, reverse, beacon_a/red, beacon_b/blue, "
         "beacon_a/blue, beacon_b/red, beacon_b/white, beacon_a/amber, beacon_b/amber, "
         "scene, taxi_sign, sign, "
         "bicycle_front, bicycle_rear; did you mean brake?"),
        ({"lamps": [{"circuit": "brake"}]},
         "assets.0.lamps.0: lamp brake: expected lens or position, or both"),
        ({"lamps": [{"circuit": "brake", "lens": "x", "watts": 3}]},
         "assets.0.lamps.0.watts=3: no such key; expected one of circuit, lens, position, "
         "direction, intensity"),
        ({"lamps": [{"circuit": "brake", "lens": "paintt"}]},
         CRATE + "has no mesh or material paintt; did you mean paint?"),
        ({"materials": {"paint": {"roughness": 3}}},
         "assets.0.materials.paint: roughness=3: expected a number from 0 to 1"),
        ({"materials": {"point": {"roughness": 1}}},
         CRATE + "has no material point; did you mean paint?"),
        ({"mirrors": ["glass"]}, CRATE + "has no mesh or material glass; it has crate, paint"),
        ({"wheels": ["paint"]},
         CRATE + "the wheel at 0.00, 0.00 m is not round: 4.20 x 1.50 m"),
        ({"class": "barrier", "wheels": ["paint"]},
         "assets.0: wheels: only vehicles that drive have them turn, not a barrier"),
        ({"mirrors": ["crate"]}, CRATE + "has nothing but mirrors and rider"),
        ({"class": "bicycle"}, "assets.0: rider: missing; name the meshes or materials of who "
         "rides the bicycle"),
        ({"rider": ["paint"]}, "assets.0: rider: only what is ridden has one, not a car"),
        ({"lamps": [{"circuit": c, "lens": "paint"} for c in ("daytime", "sign")]},
         CRATE + "lens paint is lit by daytime and sign: split it"),
        ({"lamps": [{"circuit": f"beacon_a/{c}", "lens": "paint"} for c in ("red", "blue")]},
         CRATE + "circuit beacon_a has two colours, expected one"),
    ],
)  # fmt: skip
def test_entries_that_make_no_sense(said, workshop, changes, fault):
    workshop.glb()
    assert said(workshop.manifest(**changes)) == fault


def test_names_and_shares_of_several_entries(said, workshop):
    workshop.glb()
    told = said(workshop.manifest({}, {}))
    assert told == "assets: name=crate: used 2 times, expected once"
    told = said(workshop.manifest({"share": 0.6}, {"name": "other", "share": 0.5}))
    assert told == "assets: share: those of car sum to 1.1, expected at most 1"
