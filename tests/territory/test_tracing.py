"""One open device explains all calls below it, unless somebody below it has light."""

from hypothesis import given
from hypothesis import strategies as st

from territory.network import Device, Network, Section, Transformer
from territory.tracing import Trace, explains
from tests.territory.tiny import a_network

AT = (106.5, 29.5)


def test_without_light_anywhere_the_breaker_explains_all_calls_of_its_feeder() -> None:
    found = explains(a_network(), ["p2", "p3"])

    assert found is not None
    assert found.id == "cb1"


def test_light_upstream_points_to_the_device_behind_it() -> None:
    found = explains(a_network(), ["p3", "t2"], ["p1"])

    assert found is not None
    assert found.id == "sw"


def test_nothing_explains_calls_of_two_feeders_or_calls_beside_light() -> None:
    assert explains(a_network(), ["p1", "p4"]) is None
    assert explains(a_network(), ["p1"], ["t1"]) is None
    assert explains(a_network(), []) is None


@st.composite
def networks(draw: st.DrawFn) -> Network:
    parents = draw(st.lists(st.integers(0, 30), min_size=1, max_size=25))
    hung = draw(st.lists(st.integers(0, 30), min_size=1, max_size=40))
    count = len(parents) + 1
    above = [None, *(parent % (n + 1) for n, parent in enumerate(parents))]
    return Network(
        sections=tuple(Section(f"s{n}", "f", None if up is None else f"s{up}", "S", (AT, AT))
                       for n, up in enumerate(above)),
        devices=tuple(Device(f"d{n}", "switch", "D", f"s{n}", None, False, AT)
                      for n in range(count)),
        transformers=tuple(Transformer(f"t{n}", f"s{at % count}", "T", AT)
                           for n, at in enumerate(hung)),
    )  # fmt: skip


@given(networks(), st.data())
def test_whichever_device_opens_is_found_or_one_that_puts_out_the_same(
    network: Network, data: st.DataObject
) -> None:
    trace = Trace(network)
    everyone = {row.id for row in network.transformers}
    opened = data.draw(st.sampled_from([row for row in network.devices if trace.below(row)]))
    off = trace.below(opened)
    calls = data.draw(st.sets(st.sampled_from(sorted(off)), min_size=1))
    light = data.draw(st.sets(st.sampled_from(sorted(everyone)))) - off
    found, sure = trace.explains(calls, light), trace.explains(calls, everyone - off)

    assert found is not None
    assert sure is not None
    assert calls <= trace.below(found)
    assert off <= trace.below(found)
    assert not trace.below(found) & light
    assert trace.below(sure) == off
