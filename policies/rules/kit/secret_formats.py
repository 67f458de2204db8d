"""Secrets that tell themselves: the formats of those who issue them."""

from __future__ import annotations

import re
from typing import Final

FORMATS: Final = (
    ("a private key", (
        r"-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----|AGE-SECRET-KEY-1[A-Z0-9]{50,}"
        r"|(?<![A-Za-z0-9+/])(?:MI[GI][A-Za-z0-9+/]{0,3}(?:IBA|AgEA)|MHcCAQEE|MC4CAQAw)[A-Za-z0-9+/]{40,}")),
    ("an AWS access key", r"\b(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16}\b"),
    ("a GitHub token", r"\bgh[opsur]_[A-Za-z0-9]{36,}\b|\bgithub_pat_[A-Za-z0-9_]{22,}\b"),
    ("a GitLab token", (
        r"\bgl(?:pat|dt|rt|rtr|cbt|ptt|ft|imt|agent|oas|soat|ffct)-[A-Za-z0-9_.-]{20,}"
        r"|\bGR1348941[\w-]{20}")),
    ("a Slack token", r"\bxox[abeoprs]-[A-Za-z0-9-]{10,}|\bxoxe\.xox[bp]-|\bxapp-\d-[A-Za-z0-9-]{20,}"),
    ("the address of a webhook", (
        r"hooks\.slack\.com/(?:services|workflows|triggers)/[A-Za-z0-9/_-]{20,}"
        r"|discord(?:app)?\.com/api/webhooks/\d+/[\w-]{30,}|\.webhook\.office\.com/webhookb2/[\w@-]{20,}")),
    ("a Google key", r"\bAIza[A-Za-z0-9_-]{35}|\bGOCSPX-[A-Za-z0-9_-]{20,}|\bya29\.[A-Za-z0-9_-]{20,}"),
    ("a Stripe key", r"\b[rs]k_(?:live|test|prod)_[A-Za-z0-9]{16,}|\bwhsec_[A-Za-z0-9]{24,}"),
    ("a JSON web token", r"\beyJ[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]*"),
    ("a package index's token", r"\bnpm_[A-Za-z0-9]{36}\b|\bpypi-[A-Za-z0-9_-]{32,}|\brubygems_[0-9a-f]{48}\b"),
    ("a mailer's key", (
        r"\bSG\.[A-Za-z0-9_-]{16,}\.[A-Za-z0-9_-]{16,}|\bkey-[0-9a-f]{32}\b"
        r"|\bxkeysib-[0-9a-f]{64}-|\b[0-9a-f]{32}-us\d{1,2}\b")),
    ("a language model's key", (
        r"\bsk-(?:ant-|proj-|or-)?[A-Za-z0-9_-]{20,}|\bhf_[A-Za-z0-9]{30,}"
        r"|\b(?:gsk|r8|pplx)[_-][A-Za-z0-9]{36,}")),
    ("a Vault, Doppler or DigitalOcean token", (
        r"\bhv[sbr]\.[A-Za-z0-9_-]{20,}|\bdp\.(?:pt|st|ct|sa|scim|audit)\.(?:[\w-]+\.)?[A-Za-z0-9]{40,}"
        r"|\bdo[opr]_v1_[0-9a-f]{64}\b")),
    ("a chat's token", (
        r"\b\d{8,10}:AA[A-Za-z0-9_-]{33}"
        r"|(?<![\w-])[MNO][A-Za-z0-9_-]{22,27}\.[A-Za-z0-9_-]{6}\.[A-Za-z0-9_-]{27,}")),
    ("a shop's or payment's token", (
        r"\bshp(?:at|ca|pa|ss)_[0-9a-fA-F]{32}\b|\bsq0[a-z]{3}-[A-Za-z0-9_-]{22,}"
        r"|\bshippo_(?:live|test)_[0-9a-f]{40}")),
    ("a Twilio key", r"\bSK[0-9a-f]{32}\b"),
    ("an Azure key", (
        r"\b(?:Account|SharedAccess)Key=[A-Za-z0-9+/]{40,}={0,2}|[?&]sig=[A-Za-z0-9%+/]{40,}"
        r"|\b\w{3}\dQ~[\w~.-]{31,34}")),
    ("an observer's token", (
        r"\bglsa_[A-Za-z0-9]{32}_[0-9a-f]{8}\b|\bglc_[A-Za-z0-9+/]{32,}|\bNR(?:AK|II|JS)-[A-Za-z0-9-]{19,}"
        r"|\bdt0[a-z]\d{2}\.[A-Z0-9]{24}\.|\bsntry[su]_[\w+/=]{20,}")),
    ("a developer tool's token", (
        r"\bPMAK-[0-9a-f]{24}-[0-9a-f]{34}\b|\blin_api_[A-Za-z0-9]{40}\b|\bntn_\d{11}[A-Za-z0-9]{35}\b"
        r"|\bpul-[0-9a-f]{40}\b|\bATATT3[\w=-]{40,}|\b[A-Za-z0-9]{14}\.atlasv1\.[A-Za-z0-9_=-]{60,}"
        r"|\bdapi[0-9a-f]{32}\b|\btskey-[a-z]+-\w+-\w{20,}|\bdckr_[po]at_[\w-]{27,}"
        r"|\bpscale_(?:tkn|oauth|pw)_[\w.=-]{32,}|\bpat[A-Za-z0-9]{14}\.[0-9a-f]{64}\b"
        r"|\bops_eyJ[A-Za-z0-9+/]{50,}|\bAKCp[A-Za-z0-9]{69}\b")),
    ("a swarm's join token", r"\bSWMTKN-\d-[a-z0-9]{40,}-[a-z0-9]{20,}|\bSWMKEY-\d-[A-Za-z0-9+/]{40,}"),
    ("a password hash", (
        r"\$2[abxy]\$\d\d\$[./A-Za-z0-9]{53}|\$(?:apr)?1\$[./A-Za-z0-9]{1,8}\$[./A-Za-z0-9]{22}"
        r"|\{S?SHA\d*\}[A-Za-z0-9+/]{20,}|\$(?:5|6|7|y|gy|argon2[a-z]*|scrypt|pbkdf2[\w-]*)\$[^\s:'\"]{20,}"
        r"|SCRAM-SHA-(?:1|256)\$\d+:[A-Za-z0-9+/=]+\$")),
    ("an authorization header", (
        r"(?i:\b(?:Basic|Bearer|Token|ApiKey)[ ]+)(?=[A-Za-z0-9+/_.-]*[0-9A-Z])[A-Za-z0-9+/_.-]{16,}={0,2}")),
    ("the seed of one-time passwords", r"\botpauth://[^\s?]+\?\S*secret=[A-Z2-7]{16,}"),
)  # fmt: skip
FORMAT: Final = re.compile("|".join(f"(?P<f{index}>{pattern})" for index, (_, pattern) in enumerate(FORMATS)))


def known_format(text: str) -> str | None:
    """What kind of secret stands in `text`, by the formats of those who issue them."""
    match = FORMAT.search(text)
    return FORMATS[int(match.lastgroup[1:])][0] if match and match.lastgroup else None
