"""Village: the roll of all households (农户花名册), those without any category included."""

from anju.tabular import columns as c
from anju.tabular.layout import Column, Layout
from anju.vocabulary.keygroup import Office

LAYOUT = Layout(
    key="village-roll",
    title="农户花名册（村委会）",
    owner=Office.VILLAGE,
    category=None,
    note="一行一人，全村所有农户都在内；户号、户主只在第一行填写时，下面的家庭成员行沿用上一行。",
    source="领域数据字典 3.27：没有类别的农户也要在册",
    signature=("户籍性质", "户口性质", "是否常住", "户口类型", "婚姻状况", "政治面貌", "是否外出", "承包地面积", "宅基地面积"),
    title_words=("花名册", "农户名册", "人口名册", "户籍", "户口", "全村"),
    fallback=True,
    needs=(("name",), ("id_number", "birth_date", "household")),
    columns=(
        c.SERIAL,
        *c.PLACE,
        c.renamed(c.CARRIED_HOUSEHOLD, "户号"),
        c.CARRIED_HEAD,
        c.CARRIED_HEAD_ID,
        c.NAME,
        c.SEX,
        c.ID_NUMBER,
        c.BIRTH_DATE,
        c.RELATION,
        c.ETHNIC,
        c.POPULATION,
        Column("residence_kind", "户口性质", ("户籍性质", "户口类型", "户口类别", "户籍类型"), example="农业"),
        Column("lives_here", "是否常住", ("常住", "是否在家", "是否外出", "居住情况"), example="是"),
        Column("marital", "婚姻状况", ("婚姻",), example="已婚"),
        Column("education", "文化程度", ("学历",), example="初中"),
        c.CATEGORY_TEXT,
        c.GRADE,
        c.ADDRESS,
        c.DIVISION,
        c.PHONE,
        c.CARD_NO,
        c.NOTE_TEXT,
    ),
)
