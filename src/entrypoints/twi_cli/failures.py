"""Show failures and bugs as text that a terminal can be trusted with."""

from collections.abc import Mapping

from twi_cli.output.cells import moment, person
from twi_core.failures.domain import Bug
from twi_core.failures.use_cases.show import FoundFailure
from twi_core.kernel.context import Origin
from twi_runtime.plain import plain


def found_failure(found: FoundFailure, _: bool) -> Mapping[str, str]:
    """Show what happened under a reference, and the bug behind it."""
    known = found.actor is not None or found.origin is Origin.CLI
    facts = {
        "reference": plain(found.reference),
        "when": moment(found.at),
        "who": person(found.actor) if known else "not known",
        "where": ", ".join(
            part
            for part in (
                found.origin.value,
                f"server {found.guild}" if found.guild else "",
                f"channel {found.channel}" if found.channel else "",
            )
            if part
        ),
        "operation": plain(found.operation or "none: the entrypoint refused it"),
        "code": f"{plain(found.code)} ({found.kind.value.replace('_', ' ')})",
    }
    for label, text in (("message", found.message), ("hint", found.hint), ("usual cause", found.cause)):
        facts[label] = "not known to this version" if text is None else plain(text)
    if found.more:
        facts["more"] = f"{found.more} in the same minute, which were only counted"
    if found.bug is not None:
        facts |= {f"bug {label}": text for label, text in bug_facts(found.bug, False).items()}
    return facts


def bug_facts(bug: Bug, brief: bool) -> Mapping[str, str]:
    """Show a bug, as one row among others without its trace."""
    by = "" if bug.resolved_at is None else f"resolved {moment(bug.resolved_at)} by {person(bug.resolved_by)}"
    facts = {
        "fingerprint": plain(bug.fingerprint),
        "in": plain(bug.where),
        "what": plain(bug.kinds[0]),
        "times": str(bug.count),
        "last seen": moment(bug.last_seen_at),
        "state": by or ("open" if not bug.reopened else f"open, came back {bug.reopened} times"),
    }
    if brief:
        return facts
    return facts | {
        "first seen": moment(bug.first_seen_at),
        "notified": "never" if bug.notified_at is None else moment(bug.notified_at),
        "references": plain(", ".join(bug.references)) or "none",
        "trace": plain(bug.trace, keep_lines=True),
    }
