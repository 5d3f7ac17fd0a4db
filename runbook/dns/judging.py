"""One answer compared with one record."""

from __future__ import annotations

from runbook.dns import dmarc, spf
from runbook.dns.answers import Answer
from runbook.dns.records import Purpose, Record
from runbook.dns.verdicts import Judgement, Verdict


def judge(record: Record, answer: Answer) -> Judgement:
    """Say whether an answer has what the record says."""
    if answer.failure:
        return Judgement(Verdict.UNKNOWN, remarks=(answer.failure,))
    match record.purpose:
        case Purpose.DKIM:
            return _alias(record, answer.values)
        case Purpose.MAIL_FROM:
            return _only_mail_server(record, answer.values)
        case Purpose.RECEIVING:
            return _first_mail_server(record, answer.values)
        case Purpose.SPF | Purpose.MAIL_FROM_SPF:
            return spf.judge(answer.values, record.value)
        case Purpose.DMARC:
            return dmarc.judge(answer.values, record.value)
        case Purpose.REPORT_CONSENT:
            return dmarc.judge_consent(answer.values)


def _alias(record: Record, values: tuple[str, ...]) -> Judgement:
    if not values:
        return Judgement(Verdict.MISSING)
    wanted = record.value.lower().removesuffix(".")
    if values == (wanted,):
        return Judgement(Verdict.RIGHT, values)
    return Judgement(Verdict.WRONG, values, _appended(record, values, wanted))


def _only_mail_server(record: Record, values: tuple[str, ...]) -> Judgement:
    """MAIL FROM takes exactly one MX record, else SES takes the domain's setup for failed.

    <https://docs.aws.amazon.com/ses/latest/dg/mail-from.html>
    """
    if not values:
        return Judgement(Verdict.MISSING)
    wanted = record.value.lower().removesuffix(".")
    hosts = [value.partition(" ")[2] for value in values]
    if hosts == [wanted]:
        return Judgement(Verdict.RIGHT, values)
    if wanted in hosts:
        says = f"MAIL FROM takes exactly one MX record. Delete all but {record.answer}."
        return Judgement(Verdict.WRONG, values, (says,))
    return Judgement(Verdict.WRONG, values, _appended(record, values, wanted))


def _first_mail_server(record: Record, values: tuple[str, ...]) -> Judgement:
    """SES receives the domain's mail where no other server is asked before it."""
    if not values:
        return Judgement(Verdict.MISSING)
    wanted = record.value.lower().removesuffix(".")
    servers = sorted((int(value.split()[0]), value.split()[1]) for value in values)
    own = [priority for priority, host in servers if host == wanted]
    if not own:
        return Judgement(Verdict.WRONG, values, _appended(record, values, wanted))
    before = [host for priority, host in servers if priority <= own[0] and host != wanted]
    if before:
        says = f"Mail goes to {', '.join(before)} instead, or as well."
        return Judgement(Verdict.WRONG, values, (says,))
    return Judgement(Verdict.RIGHT, values)


def _appended(record: Record, values: tuple[str, ...], wanted: str) -> tuple[str, ...]:
    """Say where the DNS host put the domain behind the target, which then leads nowhere."""
    for value in values:
        target = value.rpartition(" ")[2]
        zone = target.removeprefix(f"{wanted}.")
        if zone != target and record.name.endswith(f".{zone}"):
            return (f"The host put {zone} behind the target: end it with a dot, {wanted}.",)
    return ()
