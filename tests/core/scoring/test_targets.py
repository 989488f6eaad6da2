from decimal import Decimal

import pytest

from perfeval_xl.core.scoring.targets import Quantity, parse_quantity
from perfeval_xl.record import replace


@pytest.mark.parametrize(
    ("text", "quantity"),
    [
        ("≥90%", Quantity("number", "≥", Decimal(90), unit="%")),
        ("≥90百分比", Quantity("number", "≥", Decimal(90), unit="%")),
        ("10次", Quantity("number", "", Decimal(10), unit="次")),
        ("98%以上", Quantity("number", "≥", Decimal(98), unit="%")),
        ("不低于85%", Quantity("number", "≥", Decimal(85), unit="%")),
        ("控制在10%以内", Quantity("number", "≤", Decimal(10), unit="%")),
        ("≤10%", Quantity("number", "≤", Decimal(10), unit="%")),
        ("±10%", Quantity("number", "±", Decimal(10), unit="%")),
        ("10%-20%", Quantity("interval", "", Decimal(10), Decimal(20), "%")),
        ("1.5万人次", Quantity("number", "", Decimal(15000), unit="人次", factor=Decimal(10000))),
        ("２００路", Quantity("number", "", Decimal(200), unit="路")),
        ("5年", Quantity("number", "", Decimal(60), unit="月", factor=Decimal(12))),
        ("2019年底尚未完成", Quantity("words")),
        ("合格", Quantity("words")),
        ("3个中心5个站点", Quantity("words")),
        ("", Quantity("blank")),
        ("—", Quantity("blank")),
        ("-0.5%", Quantity("number", "", Decimal("-0.5"), unit="%")),
        ("1,200册", Quantity("number", "", Decimal(1200), unit="册")),
        ("≤220/10万", Quantity("number", "≤", Decimal(220))),
        ("≥4.5分（满分5分）", Quantity("number", "≥", Decimal("4.5"), unit="分")),
        ("每年不少于3次", Quantity("number", "≥", Decimal(3), unit="次")),
        ("12次（每月1次）", Quantity("number", "", Decimal(12), unit="次")),
        ("群众满意度达到95%以上", Quantity("number", "≥", Decimal(95), unit="%")),
        ("100%（95%）", Quantity("words")),  # two numbers, and nothing says which
        ("全年无事故", Quantity("words")),
        ("入户率90%，满意率95%", Quantity("words")),
    ],
)
def test_parse_quantity(text: str, quantity: Quantity) -> None:
    assert replace(parse_quantity(text), shown="") == quantity
