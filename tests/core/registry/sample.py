"""A small invented city as a folder of plain files, for tests of the import and of what stands on it."""

import csv
from pathlib import Path

from gongmai.core.registry.rules.credit import compute_credit_check, compute_inner_check

CITY = """\
code: "999900"
label: {zh-Hans: 示例市, en: Sample City}
bureau: {zh-Hans: 示例市工业和信息化局, en: Sample City Bureau of Industry}
is_synthetic: true
history_from: "2020-02"
current_period: "2023-06"
groups:
  - code: leading
    label: {zh-Hans: 优势产业, en: Leading industries}
    members:
      - {code: wood, label: {zh-Hans: 木业, en: Wood}, industries: ["20", "211"]}
      - {code: food, label: {zh-Hans: 食品, en: Food}, industries: ["13", "14", "15"]}
"""

TABLES = {
    "regions": """\
code,label_zh,label_en,parent,level,valid_from,valid_to
999900,示例市,Sample City,,city,,
999901,东河县,Donghe,999900,county,,
999902,西山县,Xishan,999900,county,,
999971,经开区,Development Zone,999900,county,,2020-10-31
999901001,城关街道,,999901,town,,
999902101,石桥镇,,999902,town,,
999971001,朝阳街道,,999971,town,,2020-10-31
999901009,朝阳街道,,999901,town,2020-11-01,
""",
    "units": """\
code,label_zh,label_en,valid_from,valid_to
donghe,东河县,Donghe,,
xishan,西山县,Xishan,,
newarea,新区,New Area,,
""",
    "unit_towns": """\
region,town,unit,valid_from,valid_to
999901,,donghe,,
999902,,xishan,,
999971,,newarea,,2020-10
999901,999901009,newarea,2020-11,
""",
    "parks": """\
code,label_zh,label_en,unit,level,valid_from,valid_to
wood_park,木业园,Wood Park,donghe,city,,
""",
    "parameters": """\
parameter,industry_division,period,value,source
va_rate,20,2022-12,0.22,sample
ppi,20,2022-12,1.02,sample
""",
    "people": """\
username,display_name,role,scope_kind,scope_value,password
city1,市局甲,city,city,,sample-password-1
county1,东河审核员,county,unit,donghe,sample-password-2
county1,东河审核员,county,region,999902,
""",
}


def credit_code(number: int) -> str:
    """A valid credit code of an invented firm, inner check included."""
    inner = f"MA{number:06d}"
    first = f"91999901{inner}{compute_inner_check(inner)}"
    return first + compute_credit_check(first)


def firm_tables(firms: int) -> dict[str, str]:
    """Enterprises, profiles and roster of so many firms; the first five are told in detail."""
    codes = [credit_code(number) for number in range(1, firms + 1)]
    enterprises = ["credit_code,name,registered_on,address,contact,contact_phone"]
    names = ["示例恒通木业有限公司", "示例绿源食品有限公司", "示例重庆路机械厂", "示例新区电子有限公司"]
    names.append("示例西山纺织有限公司")
    for number, code in enumerate(codes):
        name = names[number] if number < len(names) else f"示例第{number}号企业有限公司"
        enterprises.append(f"{code},{name},2015-03-01,示例路{number}号,张三,0539-1234567")
    profiles = ["credit_code,valid_from,region,town,park,industry,workers,revenue,size,tags"]
    profiles += [
        f"{codes[0]},2020-02,999901,999901001,wood_park,2021,1200,500000,,little_giant",
        f"{codes[1]},2020-02,999902,999902101,,1371,400,30000,M,",
        f"{codes[1]},2022-03,999902,999902101,,1373,100,30000,,gazelle|specialised",
        f"{codes[2]},2020-02,999901,,,3411,,,,",
        f"{codes[3]},2020-02,999971,999971001,,3972,50,5000,,",
        f"{codes[3]},2020-11,999901,999901009,,3972,50,5000,,",
        f"{codes[4]},2020-02,999902,,,1711,10,2000,,",
    ]
    profiles += [f"{code},2020-02,999901,999901001,,3110,30,4000,," for code in codes[5:]]
    roster = ["credit_code,from_period,to_period,entry_type,exit_type"]
    roster += [
        f"{codes[0]},2020-02,,initial,",
        f"{codes[1]},2020-02,2021-12,initial,below_scale",
        f"{codes[1]},2022-12,,restored,",
        f"{codes[2]},2022-05,,new,",
        f"{codes[3]},2020-02,,initial,",
        f"{codes[4]},2021-02,2022-12,annual,moved_out",
    ]
    roster += [f"{code},2020-02,,initial," for code in codes[5:]]
    return {
        "enterprises": "\n".join(enterprises),
        "profiles": "\n".join(profiles),
        "roster": "\n".join(roster),
    }


def write_city(folder: Path, firms: int = 5) -> Path:
    """Write the sample city and give its folder."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "city.yaml").write_text(CITY, encoding="utf-8")
    for name, text in {**TABLES, **firm_tables(firms)}.items():
        (folder / f"{name}.csv").write_text(text.rstrip("\n") + "\n", encoding="utf-8")
    return folder


def change_cell(folder: Path, file: str, row: int, column: str, value: str) -> None:
    """Overwrite one cell; rows count as in a spreadsheet, the header is row 1."""
    path = folder / file
    with path.open(encoding="utf-8", newline="") as handle:
        lines = list(csv.reader(handle))
    lines[row - 1][lines[0].index(column)] = value
    with path.open("w", encoding="utf-8", newline="") as handle:
        csv.writer(handle, lineterminator="\n").writerows(lines)
