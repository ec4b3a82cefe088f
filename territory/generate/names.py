"""Invented names in Chinese and English: streets, towns, villages."""

from collections.abc import Iterator

import numpy as np

from territory.generate.frame import chance
from territory.land import Names

FIRST = (
    "春Chun", "云Yun", "江Jiang", "松Song", "竹Zhu", "兰Lan", "荷He", "桂Gui", "枫Feng", "柳Liu",
    "凤Feng", "龙Long", "鹤He", "燕Yan", "金Jin", "银Yin", "玉Yu", "青Qing", "白Bai", "丹Dan",
    "东Dong", "南Nan", "西Xi", "北Bei", "永Yong", "新Xin", "文Wen", "安An", "和He", "福Fu",
    "瑞Rui", "锦Jin", "清Qing", "明Ming", "华Hua", "嘉Jia", "德De", "兴Xing", "泰Tai", "宁Ning",
    "石Shi", "泉Quan", "梅Mei", "枣Zao", "橘Ju", "茶Cha", "稻Dao", "禾He", "雁Yan", "鹭Lu",
)  # fmt: skip
SECOND = (
    "安an", "宁ning", "和he", "平ping", "兴xing", "昌chang", "源yuan", "泉quan", "溪xi", "川chuan",
    "山shan", "岭ling", "坪ping", "林lin", "田tian", "园yuan", "桥qiao", "门men", "塔ta", "台tai",
    "光guang", "明ming", "华hua", "丰feng", "乐le", "康kang", "德de", "仁ren", "义yi", "信xin",
    "湖hu", "滨bin", "港gang", "渡du", "洲zhou", "亭ting", "苑yuan", "景jing", "翠cui", "阳yang",
)  # fmt: skip
KNOWN = frozenset({
    "Beijing", "Nanjing", "Dongjing", "Nanchang", "Xian", "Xining", "Nanning", "Guilin", "Taiyuan",
    "Guiyang", "Anyang", "Taiping", "Xinhua", "Nanyang", "Xinyang", "Wenchuan", "Nanchuan",
    "Yongchuan", "Taian", "Jiangxi",
})  # fmt: skip
"""Names that everybody knows from elsewhere."""
WAYS = {
    "boulevard": ("大道", "Avenue"),
    "road": ("路", "Road"),
    "street": ("街", "Street"),
    "lane": ("巷", "Lane"),
    "bridge": ("大桥", "Bridge"),
    "town": ("镇", "Town"),
    "village": ("村", "Village"),
    "hamlet": ("湾", "Hamlet"),
    "park": ("公园", "Park"),
    "lake": ("湖", "Lake"),
    "school": ("学校", "School"),
    "hospital": ("医院", "Hospital"),
    "townhall": ("政务中心", "Civic Centre"),
    "police": ("公安分局", "Police Station"),
    "fire_station": ("消防站", "Fire Station"),
    "bus_station": ("客运站", "Coach Station"),
    "clinic": ("卫生院", "Clinic"),
    "reservoir": ("水库", "Reservoir"),
}


def named(local: str, en: str) -> Names:
    """Return names whose local form is the Chinese one."""
    return Names(local, en, local)


CITY = named("江坪", "Jiangping")


class NameBook:
    """Gives every name once; the pages are shuffled by the seed."""

    def __init__(self, seed: int, topic: str) -> None:
        self._words: Iterator[tuple[str, str]] = iter(_words(chance(seed, f"names/{topic}")))

    def next(self, kind: str) -> Names:
        """Return an unused name of a kind of `WAYS`."""
        zh, en = next(self._words)
        return of(zh, en, kind)

    def stem(self) -> tuple[str, str]:
        """Return an unused name without its kind, in Chinese and English."""
        return next(self._words)


def of(zh: str, en: str, kind: str) -> Names:
    """Return a name with the word for its kind."""
    tail = WAYS[kind]
    return named(f"{zh}{tail[0]}", f"{en} {tail[1]}")


def _words(dice: np.random.Generator) -> Iterator[tuple[str, str]]:
    count = len(FIRST) * len(SECOND)
    for third in ("", "一 Yi", "二 Er", "三 San"):
        for number in dice.permutation(count):
            first, second = FIRST[number // len(SECOND)], SECOND[number % len(SECOND)]
            zh, en = first[0] + second[0], first[1:] + second[1:]
            if first[0] == second[0] or en in KNOWN or zh in KNOWN:
                continue
            yield (zh + third[:1], en + third[1:]) if third else (zh, en)
