"""Which device explains the calls, and what else could be open."""

from domain.upstream import Feeder, Section, Transformer, anywhere, candidates

#   breaker a -- b -- c
#                 \-- d -- e
TREE = tuple(
    Section(id=name, parent=parent, device=f"dev-{name}")
    for name, parent in (("a", None), ("b", "a"), ("c", "b"), ("d", "b"), ("e", "d"))
)


def feeder(*called: str, sections: tuple[Section, ...] = TREE) -> Feeder:
    """A feeder with two transformers of ten customers on each section, and calls from some."""
    names = [f"{section.id}{number}" for section in TREE for number in (1, 2)]
    return Feeder(
        sections=sections,
        transformers=tuple(
            Transformer(id=name, section=name[0], customers=10, calls=called.count(name))
            for name in names
        ),
    )


def listed(asked: Feeder, also: str | None = None) -> list[tuple[str, str]]:
    return [(each.device, each.where) for each in candidates(asked, also)]


def test_calls_under_one_transformer_speak_for_it_alone() -> None:
    found = candidates(feeder("d1", "d1"))

    assert (found[0].device, found[0].where, found[0].section) == ("d1", "suspected", None)
    assert (found[0].customers, found[0].calls) == (10, 2)
    assert listed(feeder("d1"))[1:] == [
        ("dev-d", "upstream"), ("dev-b", "upstream"), ("dev-a", "upstream"),
    ]  # fmt: skip


def test_calls_from_several_branches_speak_for_the_lowest_device_above_all_of_them() -> None:
    found = candidates(feeder("c1", "e1", "e2", "e2"))

    assert [(each.device, each.where) for each in found] == [
        ("dev-b", "suspected"), ("dev-a", "upstream"), ("dev-c", "downstream"),
        ("dev-d", "downstream"), ("dev-e", "downstream"), ("c1", "downstream"),
        ("e1", "downstream"), ("e2", "downstream"),
    ]  # fmt: skip
    told = {each.device: (each.customers, each.calls) for each in found}
    assert (told["dev-b"], told["dev-a"], told["dev-e"]) == ((80, 4), (100, 4), (20, 3))


def test_a_section_that_has_no_device_is_nobody_and_is_seen_through() -> None:
    bare = tuple(each if each.id != "b" else Section(id="b", parent="a") for each in TREE)

    assert listed(feeder("c1", "e1", sections=bare))[0] == ("dev-a", "upstream")


def test_what_was_said_to_be_open_is_listed_wherever_it_stands() -> None:
    assert listed(feeder("c1", "c2"), "dev-e")[-1] == ("dev-e", "other")
    assert listed(feeder("c1", "c2"), "e1")[-1] == ("e1", "other")
    assert ("dev-b", "other") not in listed(feeder("c1", "c2"), "dev-b")
    assert anywhere(feeder("c1"), "of another feeder") is None


def test_without_calls_nothing_is_suspected_and_a_loop_ends() -> None:
    loop = (Section(id="a", parent="b", device="x"), Section(id="b", parent="a", device="y"))
    ring = Feeder(sections=loop, transformers=(Transformer(id="t", section="a", calls=1),))

    assert candidates(feeder()) == ()
    assert [each.device for each in candidates(ring)] == ["t", "x", "y"]
