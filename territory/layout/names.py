"""Invented names of persons, crews and important customers, in both languages."""

FAMILY = tuple("赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜")
GIVEN = tuple("安宁和平春晓秋月明华建国文静雪梅海涛丽君志远思齐若水")
CREWS = (
    ("Spark", "星火"), ("Beacon", "灯塔"), ("Dawn", "黎明"), ("Bright", "明亮"),
    ("Torch", "火炬"), ("Lantern", "灯笼"), ("Meteor", "流星"), ("Harbour", "港湾"),
    ("Summit", "高峰"), ("River", "江流"), ("Cedar", "雪松"), ("Falcon", "飞隼"),
    ("Granite", "花岗"), ("Swift", "雨燕"), ("Ember", "余烬"), ("Comet", "彗星"),
    ("Bamboo", "翠竹"), ("Crane", "白鹤"), ("Anchor", "铁锚"), ("Morning", "晨曦"),
    ("Amber", "琥珀"), ("Thunder", "惊雷"), ("Bridge", "虹桥"), ("Pine", "青松"),
    ("Horizon", "地平线"), ("Kingfisher", "翠鸟"), ("Ridge", "山脊"), ("Orchid", "兰花"),
    ("Flint", "燧石"), ("Heron", "苍鹭"), ("Willow", "垂柳"), ("Polaris", "北极星"),
)  # fmt: skip
COMPASS = (
    ("East", "东"), ("North-east", "东北"), ("North", "北"), ("North-west", "西北"),
    ("West", "西"), ("South-west", "西南"), ("South", "南"), ("South-east", "东南"),
)  # fmt: skip
IMPORTANT = {
    "special": (("hospital", "医院"), ("command centre", "指挥中心")),
    "1": (("waterworks", "水厂"), ("data centre", "数据中心"), ("clinic", "卫生院")),
    "2": (("school", "学校"), ("cold store", "冷库"), ("bus station", "汽车站")),
    "temporary": (("examination hall", "考场"), ("exhibition", "展会")),
}
"""What key customers of each class are called, after the place they are in."""
