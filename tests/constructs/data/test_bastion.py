from __future__ import annotations

import os
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest

from groundwork.data.bastion import STOP_WHEN_IDLE
from tests.constructs.data.conftest import NETWORK, Data, DataTemplate

AURORA = "{engine: aurora-postgresql, capacity: {max: 1}, security_groups: [office]}"
INSTANCE = "{{engine: postgresql, instance: db.t4g.micro, security_groups: [office], public: {}}}"
BASTION = f"bastion: true\n{NETWORK}\ndatabases:\n"


@pytest.fixture(scope="module")
def template(data: Data) -> DataTemplate:
    return data(f"{BASTION}  common: {AURORA}\n  books: {INSTANCE.format('false')}\n")


def groups(template: DataTemplate) -> dict[str, str]:
    """Logical ids of security groups by the beginning of their descriptions."""
    found = template.template.find_resources("AWS::EC2::SecurityGroup").items()
    return {each["Properties"]["GroupDescription"].split()[0]: name for name, each in found}


def group_id(template: DataTemplate, which: str) -> dict[str, Any]:
    return {"Fn::GetAtt": [groups(template)[which], "GroupId"]}


def test_there_is_no_bastion_unasked(data: Data) -> None:
    template = data(f"{NETWORK}\ndatabases:\n  common: {AURORA}\n")
    assert not template.all("EC2::Instance")
    assert not template.all("EC2::InternetGateway")


def test_there_is_no_bastion_with_nothing_to_reach(data: Data) -> None:
    template = data(f"{BASTION}  books: {INSTANCE.format('true')}\n")
    assert not template.all("EC2::Instance")


def test_it_alone_has_a_way_to_the_internet_from_its_own_subnet(template: DataTemplate) -> None:
    routed = template.properties("EC2::SubnetRouteTableAssociation")["SubnetId"]
    (interface,) = template.properties("EC2::Instance")["NetworkInterfaces"]
    assert routed == interface["SubnetId"]


def test_the_order_of_subnets_moves_nothing(data: Data) -> None:
    text = f"{BASTION}  common: {AURORA}\n"
    blocks = ("10.0.1.0/24: a, 10.0.2.0/24: b", "10.0.2.0/24: b, 10.0.1.0/24: a")
    before, after = (data(text.replace(blocks[0], block)).template.to_json() for block in blocks)
    assert before["Resources"] == after["Resources"]


def test_it_takes_no_connection_and_has_no_key_pair(template: DataTemplate) -> None:
    bastion = template.template.find_resources("AWS::EC2::SecurityGroup")[
        groups(template)["Bastion"]
    ]
    assert not bastion["Properties"]["SecurityGroupIngress"]
    into = {
        str(rule["Properties"]["GroupId"]) for rule in template.all("EC2::SecurityGroupIngress")
    }
    assert str(group_id(template, "Bastion")) not in into
    assert "KeyName" not in template.properties("EC2::Instance")


def test_it_reaches_aws_and_the_databases_and_nothing_else(template: DataTemplate) -> None:
    bastion = template.template.find_resources("AWS::EC2::SecurityGroup")[
        groups(template)["Bastion"]
    ]
    (https,) = bastion["Properties"]["SecurityGroupEgress"]
    assert (https["FromPort"], https["ToPort"]) == (443, 443)
    rule = template.properties("EC2::SecurityGroupEgress")
    assert rule["GroupId"] == group_id(template, "Bastion")
    assert rule["DestinationSecurityGroupId"] == group_id(template, "Databases")
    assert (rule["FromPort"], rule["ToPort"]) == (5432, 5432)


def test_aurora_takes_connections_from_the_bastion_alone(template: DataTemplate) -> None:
    cluster = template.properties("RDS::DBCluster")
    assert cluster["VpcSecurityGroupIds"] == [group_id(template, "Databases")]
    rule = template.properties("EC2::SecurityGroupIngress")
    assert rule["GroupId"] == group_id(template, "Databases")
    assert rule["SourceSecurityGroupId"] == group_id(template, "Bastion")


def test_a_private_instance_takes_connections_from_it_as_well(template: DataTemplate) -> None:
    (instance,) = (
        each["Properties"]
        for each in template.all("RDS::DBInstance")
        if each["Properties"]["Engine"] == "postgres"
    )
    assert instance["VPCSecurityGroups"] == [
        group_id(template, "Databases"),
        group_id(template, "The"),
    ]


def test_it_is_the_smallest_machine_with_an_encrypted_disk_and_imdsv2(
    template: DataTemplate,
) -> None:
    instance = template.properties("EC2::Instance")
    assert instance["InstanceType"] == "t4g.nano"
    assert instance["ImageId"] == (
        "{{resolve:ssm:/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-arm64}}"
    )
    (disk,) = instance["BlockDeviceMappings"]
    assert disk["Ebs"]["Encrypted"] is True
    assert instance["MetadataOptions"]["HttpTokens"] == "required"
    assert instance["InstanceInitiatedShutdownBehavior"] == "stop"
    assert instance["CreditSpecification"] == {"CPUCredits": "standard"}


def test_its_role_is_for_sessions_and_nothing_else(template: DataTemplate) -> None:
    roles = [each["Properties"] for each in template.all("IAM::Role")]
    (role,) = (role for role in roles if "ec2.amazonaws.com" in str(role))
    assert "ManagedPolicyArns" not in role
    (policy,) = role["Policies"]
    (statement,) = policy["PolicyDocument"]["Statement"]
    assert statement["Action"] == [
        "ssm:UpdateInstanceInformation",
        "ssmmessages:CreateControlChannel",
        "ssmmessages:CreateDataChannel",
        "ssmmessages:OpenControlChannel",
        "ssmmessages:OpenDataChannel",
    ]


def test_session_manager_is_in_reach_before_it_starts(template: DataTemplate) -> None:
    (interface,) = template.properties("EC2::Instance")["NetworkInterfaces"]
    assert interface["AssociatePublicIpAddress"] is True
    routes = template.template.find_resources("AWS::EC2::Route")
    assert set(routes) <= set(template.one("EC2::Instance")["DependsOn"])


def test_a_person_finds_it_by_the_networks_name(template: DataTemplate) -> None:
    (output,) = template.template.find_outputs("MainBastion").values()
    assert output["Value"] == {"Ref": template.logical_id("EC2::Instance")}


def test_it_runs_the_script_at_every_boot(template: DataTemplate) -> None:
    script = template.properties("EC2::Instance")["UserData"]["Fn::Base64"]
    assert script == STOP_WHEN_IDLE.read_text()
    assert script.startswith("#cloud-boothook\n#!/bin/sh\n")


class TestStoppingWhenIdle:
    """The script of the machine, with its programs and its folder replaced."""

    @pytest.fixture
    def machine(self, tmp_path: Path) -> Path:
        for name, body in {
            "systemctl": f'echo "$@" >> {tmp_path}/calls',
            "pgrep": f"test -e {tmp_path}/session",
        }.items():
            program = tmp_path / "bin" / name
            program.parent.mkdir(exist_ok=True)
            program.write_text(f"#!/bin/sh\n{body}\n")
            program.chmod(0o755)
        (tmp_path / "run/systemd/system").mkdir(parents=True)
        self.boot(tmp_path)
        (tmp_path / "calls").unlink()
        return tmp_path

    def boot(self, machine: Path) -> None:
        self.run(machine, STOP_WHEN_IDLE.read_text().replace("/run/", f"{machine}/run/"))

    def run(self, machine: Path, script: str) -> None:
        subprocess.run(
            ["/bin/sh", "-eu"],
            input=script,
            text=True,
            check=True,
            env={"PATH": f"{machine}/bin:{os.environ['PATH']}"},
        )

    def look(self, machine: Path) -> str:
        """Do what the timer does; return what was asked of systemd."""
        self.run(machine, (machine / "run/stop-when-idle").read_text())
        calls = machine / "calls"
        return calls.read_text() if calls.exists() else ""

    def idle(self, machine: Path, minutes: int) -> None:
        then = time.time() - 60 * minutes
        os.utime(machine / "run/last-session", (then, then))

    def test_it_stays_for_an_hour_after_the_start(self, machine: Path) -> None:
        assert self.look(machine) == ""
        self.idle(machine, 55)
        assert self.look(machine) == ""

    def test_it_stops_an_hour_after_the_last_session(self, machine: Path) -> None:
        self.idle(machine, 65)
        assert self.look(machine) == "poweroff\n"

    def test_it_stays_while_there_is_a_session(self, machine: Path) -> None:
        self.idle(machine, 65)
        (machine / "session").touch()
        assert self.look(machine) == ""
        (machine / "session").unlink()
        assert self.look(machine) == ""

    def test_its_timer_starts_at_every_boot(self, machine: Path) -> None:
        self.boot(machine)
        assert (machine / "calls").read_text().splitlines() == [
            "daemon-reload",
            "start --no-block stop-when-idle.timer",
        ]
        timer = (machine / "run/systemd/system/stop-when-idle.timer").read_text()
        assert "OnUnitActiveSec=5min" in timer
