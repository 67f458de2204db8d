"""The example in docs/gate.md is a report of a real preview."""

from pathlib import Path

from report import markdown
from tests.report.conftest import Shop

ROOT = Path(__file__).parents[2]
RULES = ("sealed-values-stay-in-secrets", "networks-are-internal", "images-are-immutable")


def test_the_example_is_what_the_preview_of_the_shop_says(shop: Shop) -> None:
    shop.about["services"]["cache"] = {"image": "shop/cache:1"}
    shop.up()
    shop.front.update(image="shop/api:2", leaks=True, ports=[8443, 9443])
    shop.database["secrets"].remove("database-key")
    shop.about["links"].append("api-to-search")
    del shop.about["services"]["cache"]
    shop.packs = [ROOT / "policies"]
    shop.configs = [
        {"all": {"enforcementLevel": "disabled"}} | {rule: {"enforcementLevel": "mandatory"} for rule in RULES}
    ]
    assert markdown.text(shop.preview()) in (ROOT / "docs/gate.md").read_text()
