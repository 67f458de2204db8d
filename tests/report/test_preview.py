"""What a report says about the plans of a real program on the embedded engine."""

from report import table
from report.model import Report
from tests.report.conftest import Shop


def restarts(report: Report) -> dict[str, str]:
    return {each.name: each.what for each in report.consequences}


def present(report: Report, state: str) -> set[tuple[str, str]]:
    return {(each.kind, each.name) for each in report.presences if each.state == state}


def test_a_first_deployment_brings_everything_and_interrupts_nothing(shop: Shop) -> None:
    report = shop.preview()
    assert restarts(report) == {}
    assert present(report, "disappears") == present(report, "renewed") == set()
    assert present(report, "appears") == {
        ("service", "api"), ("service", "database"), ("link", "api-to-database"), ("port", "8443/tcp of api"),
        ("secret", "api-token"), ("secret", "database-password"), ("secret", "database-key"),
    }  # fmt: skip
    assert "    3 secrets: api-token, database-key, database-password" in table.lines(report)


def test_a_second_preview_has_nothing_to_report(shop: Shop) -> None:
    shop.up()
    report = shop.preview()
    assert (report.effective, report.consequences, report.presences) == ([], [], [])
    assert list(table.lines(report)) == []


def test_a_new_link_replaces_its_ends(shop: Shop) -> None:
    shop.about["services"]["cache"] = {"image": "shop/cache:1", "replicas": 3}
    shop.up()
    shop.about["links"].append("api-to-cache")
    report = shop.preview()
    assert present(report, "appears") == {("link", "api-to-cache")}
    assert restarts(report) == {"api": "replaced: blue/green", "cache": "replaced: interrupted"}


def test_a_new_service_restarts_no_other(shop: Shop) -> None:
    shop.up()
    shop.about["services"]["search"] = {"image": "shop/search:1", "ports": [9200]}
    report = shop.preview()
    assert present(report, "appears") == {("service", "search"), ("port", "9200/tcp of search")}
    assert restarts(report) == {}


def test_another_image_restarts_its_service_and_says_for_how_long_it_did_last_time(shop: Shop) -> None:
    shop.up()
    shop.front["image"], shop.database["image"] = "shop/api:2", "shop/database:2"
    first = shop.preview()
    assert restarts(first) == {"api": "restarts: rolling, start-first", "database": "restarts: interrupted"}
    assert [" ".join(line.split()) for line in table.effects(first)][1:] == [
        "database restarts: interrupted not measured yet",
        "api restarts: rolling, start-first not measured yet",
    ]
    shop.up()
    shop.front["image"], shop.database["image"] = "shop/api:3", "shop/database:3"
    again = shop.preview()
    for each in again.consequences:
        took = again.last(each)
        assert took is not None
        assert 0 <= took.down <= took.seconds < 60
    assert "last time down for " in "".join(table.effects(again))


def test_what_docker_changes_in_place_restarts_nothing(shop: Shop) -> None:
    shop.up()
    shop.front.update(note="changed", replicas=4)
    report = shop.preview()
    assert [(change.op, change.name) for change in report.effective] == [("update", "api")]
    assert restarts(report) == {}


def test_a_port_that_moves_restarts_its_service(shop: Shop) -> None:
    shop.up()
    shop.front["ports"] = [9443]
    report = shop.preview()
    assert present(report, "appears") == {("port", "9443/tcp of api")}
    assert present(report, "disappears") == {("port", "8443/tcp of api")}
    assert restarts(report) == {"api": "restarts: rolling, start-first"}


def test_a_removed_secret_disappears_and_restarts_what_mounted_it(shop: Shop) -> None:
    shop.up()
    shop.database["secrets"].remove("database-key")
    report = shop.preview()
    assert present(report, "disappears") == {("secret", "database-key")}
    assert restarts(report) == {"database": "restarts: interrupted"}


def test_a_removed_service_goes_for_good(shop: Shop) -> None:
    shop.up()
    del shop.about["services"]["database"]
    report = shop.preview()
    assert {("service", "database"), ("secret", "database-password")} <= present(report, "disappears")
    assert restarts(report)["database"] == "goes"
