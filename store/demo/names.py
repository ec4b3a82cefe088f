"""Invented names of streets, grids, persons and crews, in both languages."""

STREETS = (
    ("Plum", "梅花"),
    ("Osmanthus", "桂花"),
    ("Ginkgo", "银杏"),
    ("Camphor", "香樟"),
    ("Bamboo", "翠竹"),
    ("Lotus", "荷塘"),
    ("Magnolia", "玉兰"),
    ("Willow", "柳荫"),
)
GRID_NAMES = (("North", "城北"), ("West", "城西"), ("East", "城东"))
FAMILY = tuple("赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜")
GIVEN = tuple("安宁和平春晓秋月明华建国文静雪梅海涛丽君志远思齐若水")
CREW_NAMES = (
    ("Spark", "星火"),
    ("Beacon", "灯塔"),
    ("Dawn", "黎明"),
    ("Bright", "明亮"),
    ("Torch", "火炬"),
    ("Lantern", "灯笼"),
    ("Meteor", "流星"),
    ("Harbour", "港湾"),
    ("Summit", "高峰"),
    ("River", "江流"),
    ("Cedar", "雪松"),
    ("Falcon", "飞隼"),
    ("Granite", "花岗"),
    ("Swift", "雨燕"),
)
