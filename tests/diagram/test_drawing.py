"""The picture and the link table say what the links say, each time in the same words."""

import json
from pathlib import Path

import pytest

from diagram import Alerting, Database, Egress, Forward, Monitor
from diagram.__main__ import ROOT, main
from diagram.drawing import data, mermaid
from tests.diagram.build import edge, gateway, service, system

STACKS = ", ".join(sorted(path.name.split(".")[1] for path in ROOT.glob("Pulumi.*.yaml")))


def test_a_picture_reads_like_the_link_table() -> None:
    postgres = Database(name="postgres", image="x", database="things")
    egress = Egress(name="egress", image="x")
    api = service("api", postgres, egress.to("example.org"), replicas=2)
    front = gateway(api)
    alerting = Alerting(name="alertmanager", image="x")
    monitor = Monitor(name="prometheus", image="x", alerting=alerting)
    drawn = mermaid(system(edge(front), front, api, postgres, egress, monitor, alerting))
    assert (
        drawn
        == """flowchart LR
    subgraph zone_dmz [dmz]
        edge{{"edge"}}
        gateway["gateway"]
        egress["egress"]
    end
    subgraph zone_applications [applications]
        api["api x2"]
    end
    subgraph zone_data [data]
        postgres[("postgres")]
    end
    subgraph zone_monitoring [monitoring]
        prometheus["prometheus"]
        alertmanager["alertmanager"]
    end
    edge -->|passthrough| gateway
    gateway --> api
    api -->|postgres| postgres
    api -->|proxy| egress
    prometheus -.-> alertmanager
    prometheus -.-> api
    clients(["clients"]) -->|https| edge
    egress -->|https| egress__1(["example.org"])
"""
    )


def test_a_forward_leads_to_its_one_address() -> None:
    forward = Forward(name="mail", image="x", port=2525, host="smtp.example.org", host_port=587)
    drawn = mermaid(system(service("api", forward), forward))
    assert 'mail -->|tcp| mail__1(["smtp.example.org:587"])' in drawn


def test_a_service_may_have_a_name_that_the_picture_reserves() -> None:
    lines = mermaid(system(service("api", "end", "class-a"), service("end"), service("class-a"))).splitlines()
    assert lines[2:5] == ['        api["api"]', '        end_["end"]', '        class_a["class-a"]']
    assert lines[6:] == ["    api --> end_", "    api --> class_a"]


def test_the_data_holds_every_service_and_link() -> None:
    postgres = Database(name="postgres", image="x", database="things")
    read = json.loads(data(system(service("api", postgres.role("pg_monitor")), postgres)))
    assert [one["name"] for one in read["services"]] == ["api", "postgres"]
    (link,) = read["links"]
    assert (link["caller"], link["callee"], link["port"], link["roles"]) == ("api", "postgres", 5432, ["pg_monitor"])
    assert link["network"] == "10.107.16.32/27"


@pytest.mark.parametrize(
    ("form", "says"),
    [
        ("table", "postgres          │ postgres    │ 5432"),
        ("mermaid", "    api -->|postgres| postgres"),
        ("json", '"caller": "api"'),
    ],
)
def test_the_assistant_is_drawn_without_its_images(form: str, says: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["assistant", "--stack", "dev", "--format", form]) == 0
    assert says in capsys.readouterr().out


def test_an_unknown_stack_is_refused_with_those_that_there_are(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["assistant", "--stack", "test"]) == 1
    assert capsys.readouterr().err == f"there is no stack test; there are {STACKS}\n"


def test_another_systems_stack_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["assistant", "--stack", "recyclic"]) == 1
    assert capsys.readouterr().err == "recyclic does not deploy assistant; dev, prod, stage do\n"


def test_a_stack_file_that_does_not_say_what_it_deploys_is_in_no_other_stacks_way(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """`pulumi stack init` makes such a file."""
    (tmp_path / "Pulumi.mine.yaml").write_text("encryptionsalt: v1:salt\n")
    (tmp_path / "Pulumi.theirs.yaml").symlink_to(ROOT / "Pulumi.dev.yaml")
    monkeypatch.setattr("diagram.__main__.ROOT", tmp_path)
    assert main(["assistant"]) == 0
    assert main(["assistant", "--stack", "mine"]) == 1
    assert capsys.readouterr().err.startswith("Pulumi.mine.yaml: config.rempart:settings must be an object")


def test_an_unknown_system_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(["nobody"])
    assert "invalid choice: 'nobody'" in capsys.readouterr().err
