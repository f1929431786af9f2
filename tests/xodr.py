"""Writes small OpenDRIVE maps for tests."""

LANES = (("sidewalk", 2.0), ("shoulder", 0.5), ("driving", 3.5))
"""Type and width [m] of the lanes of each side, from the outside in."""


def cubic(tag, *rows, key="s"):
    return "".join(
        f'<{tag} {key}="{s}" a="{a}" b="{b}" c="{c}" d="{d}"/>' for s, a, b, c, d in rows
    )


def lane(number, kind, width, marks=""):
    rows = cubic("width", (0, width, 0, 0, 0), key="sOffset") if number else ""
    link = f'<link><predecessor id="{number}"/><successor id="{number}"/></link>' if number else ""
    return f'<lane id="{number}" type="{kind}" level="false">{link}{rows}{marks}</lane>'


def lanes(left=LANES, right=LANES, center=""):
    count = len(left)
    one = "".join(lane(count - i, kind, width) for i, (kind, width) in enumerate(left))
    other = "".join(lane(-1 - i, k, w) for i, (k, w) in enumerate(reversed(right)))
    return (
        f'<lanes><laneSection s="0"><left>{one}</left><center>{lane(0, "none", 0, center)}'
        f"</center><right>{other}</right></laneSection></lanes>"
    )


def geometry(s, x, y, heading, length, shape="<line/>"):
    return f'<geometry s="{s}" x="{x}" y="{y}" hdg="{heading}" length="{length}">{shape}</geometry>'


def road(name, length, view, *, link="", junction="-1", profile="", tilt="", made="", more=""):
    return (
        f'<road name="" length="{length}" id="{name}" junction="{junction}"><link>{link}</link>'
        f'<type s="0" type="town"><speed max="50" unit="km/h"/></type>'
        f"<planView>{view}</planView><elevationProfile>{profile}</elevationProfile>"
        f"<lateralProfile>{tilt}</lateralProfile>{made or lanes()}{more}</road>"
    )


def document(*parts):
    return f'<?xml version="1.0"?><OpenDRIVE><header revMajor="1" revMinor="4"/>{"".join(parts)}' \
           "</OpenDRIVE>"  # fmt: skip


def straight(length=400.0, **more):
    """One road due east from the origin."""
    return document(road("1", length, geometry(0, 0, 0, 0, length), **more))


def to(side, kind, name, contact=""):
    point = f' contactPoint="{contact}"' if contact else ""
    return f'<{side} elementType="{kind}" elementId="{name}"{point}/>'


DASHED = '<roadMark sOffset="0" type="broken" color="yellow" width="0.15" laneChange="both"/>'


def crossing_roads(reach=180.0, half=12.0, signal=True, profile=""):
    """Two streets that cross at the origin, signalled, with roads through the junction."""
    arms = ((half, 0, 0.0), (0, half, 1.5707963267948966), (-half, 0, 3.141592653589793),
            (0, -half, -1.5707963267948966))  # fmt: skip
    parts, links = [], []
    lamp = (
        '<signals><signal s="3" t="5" id="{0}" name="lamp" dynamic="yes" orientation="-" '
        'type="1000001"/></signals>'
    )
    for number, (x, y, heading) in enumerate(arms):
        more = lamp.format(90 + number) if signal else ""
        view = geometry(0, x, y, heading, reach)
        link = to("predecessor", "junction", "100")
        made = lanes(center=DASHED)
        parts.append(
            road(str(number), reach, view, link=link, made=made, more=more, profile=profile)
        )
    for start in range(4):
        for turn, shape in ((2, "<line/>"), (1, "right"), (3, "left")):
            end = (start + 4 - turn) % 4 if turn != 2 else (start + 2) % 4
            name = str(10 + 4 * start + turn)
            parts.append(_through(name, start, end, half, arms, shape))
            links.append(
                f'<connection id="{len(links)}" incomingRoad="{start}" connectingRoad="{name}" '
                'contactPoint="start"><laneLink from="1" to="-1"/></connection>'
            )
    return document(*parts, f'<junction id="100" name="">{"".join(links)}</junction>')


def _through(name, start, end, half, arms, shape):
    x, y, heading = arms[start]
    link = to("predecessor", "road", str(start), "start") + to(
        "successor", "road", str(end), "start"
    )
    quarter = 1.5707963267948966
    bend = 1 / half if shape == "left" else -1 / half
    length = 2 * half if shape == "<line/>" else half * quarter
    view = shape if shape == "<line/>" else f'<arc curvature="{bend}"/>'
    inner = [("driving", 3.5)]
    outer = LANES if shape == "right" else inner
    return road(
        name, length, geometry(0, x, y, heading + 2 * quarter, length, view),
        link=link, junction="100", made=lanes((), outer),
    )  # fmt: skip
