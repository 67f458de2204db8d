"""Secrets with a format that their vendor publishes, wherever a program may put one."""

from __future__ import annotations

import base64
import json
import string
from collections.abc import Callable

from tests.policies.corpus import names
from tests.policies.corpus.draw import BASE32, LOWER, URLSAFE, Draw
from tests.policies.corpus.entry import Made, kind

UPPER = string.ascii_uppercase + string.digits


def jwt(draw: Draw) -> str:
    header = {"alg": draw.of(("HS256", "RS256", "ES256")), "typ": "JWT"}
    claims = {"sub": draw.digits(10), "name": draw.word(), "iat": 1_600_000_000 + draw.number(0, 10**8)}
    parts = (base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in (header, claims))
    return ".".join((*parts, draw.urlsafe(32)))


def slack(draw: Draw) -> str:
    return draw.of(
        (
            f"xoxb-{draw.digits(12)}-{draw.digits(13)}-{draw.alnum(24)}",
            f"xoxp-{draw.digits(12)}-{draw.digits(12)}-{draw.digits(13)}-{draw.hex(32)}",
            f"xapp-1-A{draw.chars(UPPER, 10)}-{draw.digits(13)}-{draw.hex(64)}",
        )
    )


def hook(draw: Draw) -> str:
    return (
        f"https://hooks.slack.com/services/T{draw.chars(UPPER, 10)}/B{draw.chars(UPPER, 10)}/{draw.alnum(24)}"
        if draw.chance(2)
        else f"https://discord.com/api/webhooks/{draw.digits(18)}/{draw.chars(URLSAFE, 68)}"
    )


def azure(draw: Draw) -> str:
    key = draw.base64(64)
    sas = f"sv=2022-11-02&ss=b&srt=sco&sp=rl&se={draw.date()}T00:00:00Z&sig={draw.base64(32).replace('+', '%2B')}"
    return draw.of(
        (
            f"DefaultEndpointsProtocol=https;AccountName={draw.word()}store;AccountKey={key};EndpointSuffix=core.windows.net",
            f"Endpoint=sb://{draw.word()}.servicebus.windows.net/;SharedAccessKeyName=Root;SharedAccessKey={draw.base64(32)}",
            f"https://{draw.word()}.blob.core.windows.net/{draw.word()}?{sas}",
        )
    )


FORMATS: dict[str, tuple[int, Callable[[Draw], str]]] = {
    "aws-access-key-id": (12, lambda d: d.of(("AKIA", "ASIA")) + d.chars(BASE32, 16)),
    "github-classic": (9, lambda d: "ghp_" + d.alnum(36)),
    "github-fine-grained": (8, lambda d: f"github_pat_{d.alnum(22)}_{d.alnum(59)}"),
    "github-app": (9, lambda d: d.of(("ghs_", "gho_", "ghu_", "ghr_")) + d.alnum(36)),
    "gitlab": (9, lambda d: d.of(("glpat-", "gldt-", "glrt-", "glptt-")) + d.chars(URLSAFE, 20)),
    "slack-token": (12, slack),
    "webhook-address": (12, hook),
    "google-api-key": (9, lambda d: "AIza" + d.chars(URLSAFE, 35)),
    "google-oauth": (8, lambda d: d.of(("GOCSPX-" + d.chars(URLSAFE, 28), "ya29." + d.chars(URLSAFE, 120)))),
    "stripe": (12, lambda d: d.of(("sk_live_", "rk_live_", "sk_test_", "whsec_")) + d.alnum(d.of_numbers(24, 32, 99))),
    "twilio-key": (6, lambda d: "SK" + d.hex(32)),
    "sendgrid": (8, lambda d: f"SG.{d.chars(URLSAFE, 22)}.{d.chars(URLSAFE, 43)}"),
    "azure-connection": (10, azure),
    "jwt": (12, jwt),
    "npm": (8, lambda d: "npm_" + d.alnum(36)),
    "doppler": (6, lambda d: f"dp.{d.of(('pt', 'st.prd', 'ct'))}.{d.alnum(43)}"),
    "telegram": (8, lambda d: f"{d.digits(10)}:AA{d.chars(URLSAFE, 33)}"),
    "discord-bot": (8, lambda d: f"{d.of('MNO')}{d.alnum(25)}.{d.chars(URLSAFE, 6)}.{d.chars(URLSAFE, 38)}"),
    "mailgun": (6, lambda d: "key-" + d.hex(32)),
    "digitalocean": (5, lambda d: "dop_v1_" + d.hex(64)),
    "vault": (6, lambda d: "hvs." + d.chars(URLSAFE, 92)),
    "shopify": (5, lambda d: d.of(("shpat_", "shpss_")) + d.hex(32)),
    "grafana": (6, lambda d: f"glsa_{d.alnum(32)}_{d.hex(8)}"),
    "openai": (6, lambda d: f"sk-proj-{d.chars(URLSAFE, 74)}T3BlbkFJ{d.chars(URLSAFE, 74)}"),
    "anthropic": (5, lambda d: f"sk-ant-api03-{d.chars(URLSAFE, 93)}AA"),
    "hugging-face": (5, lambda d: "hf_" + d.chars(string.ascii_letters, 34)),
    "notion": (5, lambda d: f"ntn_{d.digits(11)}{d.alnum(35)}"),
    "databricks": (4, lambda d: "dapi" + d.hex(32)),
    "new-relic": (4, lambda d: "NRAK-" + d.chars(UPPER, 27)),
    "postman": (4, lambda d: f"PMAK-{d.hex(24)}-{d.hex(34)}"),
    "linear": (4, lambda d: "lin_api_" + d.alnum(40)),
    "pulumi-token": (4, lambda d: "pul-" + d.hex(40)),
    "terraform-cloud": (4, lambda d: f"{d.alnum(14)}.atlasv1.{d.chars(URLSAFE, 67)}"),
    "tailscale": (4, lambda d: f"tskey-auth-k{d.alnum(11)}CNTRL-{d.alnum(32)}"),
    "age-identity": (5, lambda d: "AGE-SECRET-KEY-1" + d.chars("QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L", 58)),
    "square": (4, lambda d: "sq0csp-" + d.chars(URLSAFE, 43)),
    "atlassian": (4, lambda d: "ATATT3xFfGF0" + d.chars(URLSAFE, 170) + "=" + d.chars(UPPER, 8)),
    "swarm-join": (4, lambda d: f"SWMTKN-1-{d.chars(LOWER, 50)}-{d.chars(LOWER, 25)}"),
}


def placed(draw: Draw, token: str) -> Made:
    """The token in one of the places in which tokens are found."""
    return draw.random.choice(
        (
            ("env", draw.of(names.TOKEN), token),
            ("env", draw.of(names.NEUTRAL), token),
            ("args", "", f"{draw.of(names.FLAG)}={token}"),
            ("args", "", f"curl -fsS -H 'X-Auth: {token}' https://{draw.site()}/v1/ping"),
            ("label", draw.of(names.LABEL), token),
            ("build-arg", draw.of(names.NEUTRAL), token),
            ("log-option", "endpoint", token),
            ("healthcheck", "", f"probe {token} https://{draw.host()}:8443/ready"),
            (
                "config",
                draw.of(names.CONFIG_FILE),
                f"name = {draw.word()}\nlevel = info\nupstream = {token}\nretries = 3\n",
            ),
            (
                "config",
                draw.of(names.CONFIG_FILE),
                f"# {draw.words(4)}\n{draw.word()}:\n  value: '{token}'\n  tries: 4\n",
            ),
        )
    )


def _declare(name: str, times: int, token: Callable[[Draw], str]) -> None:
    @kind(name, secret=True, times=times)
    def make(draw: Draw) -> Made:
        return placed(draw, token(draw))


for _name, (_times, _token) in FORMATS.items():
    _declare(_name, _times, _token)


@kind("aws-secret-key", secret=True, times=10)
def aws_secret_key(draw: Draw) -> Made:
    key = draw.base64(30)
    return draw.random.choice(
        (
            ("env", draw.of(("AWS_SECRET_ACCESS_KEY", "S3_SECRET_KEY", "AWS_SECRET")), key),
            ("config", "/root/.aws/credentials", f"[default]\nregion = eu-west-1\naws_secret_access_key = {key}\n"),
            ("args", "", f"--s3.secret-key={key}"),
            ("driver-option", "secret-key", key),
        )
    )


@kind("vendor-hex-token", secret=True, times=10)
def vendor_hex_token(draw: Draw) -> Made:
    """Tokens that are nothing but hexadecimal: only their name tells them from a digest."""
    name = draw.of(
        (
            "DD_API_KEY",
            "DATADOG_API_KEY",
            "TWILIO_AUTH_TOKEN",
            "MAILCHIMP_KEY",
            "BUGSNAG_API_KEY",
            "CLOUDFLARE_API_KEY",
            "ROLLBAR_ACCESS_TOKEN",
            "SENTRY_AUTH_TOKEN",
            "DD_APP_KEY",
            "LOGGLY_TOKEN",
            "OPSGENIE_API_KEY",
            "FACEBOOK_SECRET",
        )
    )
    return "env", name, draw.hex(draw.of_numbers(32, 40, 64))


@kind("gcp-service-account", secret=True, times=6)
def gcp_service_account(draw: Draw) -> Made:
    project = f"{draw.word()}-{draw.digits(6)}"
    body = f"MIIEvQIBADANBgkqhkiG9w0BAQEFAASC{draw.base64(1200)}"
    key = f"-----BEGIN PRIVATE KEY-----\n{body}\n-----END PRIVATE KEY-----\n"
    account = {
        "type": "service_account",
        "project_id": project,
        "private_key_id": draw.hex(40),
        "private_key": key,
        "client_email": f"{draw.word()}@{project}.iam.gserviceaccount.com",
    }
    text = json.dumps(account, indent=draw.random.choice((None, 2)))
    return draw.random.choice(
        (
            ("env", "GOOGLE_APPLICATION_CREDENTIALS_JSON", text),
            ("config", "/etc/gcp/account.json", text),
            ("env", draw.of(names.NEUTRAL), base64.b64encode(text.encode()).decode()),
        )
    )
