"""What looks like a secret to a machine and is none: identifiers, digests, public keys, text in base64."""

from __future__ import annotations

import base64
import json

from tests.policies.corpus import names
from tests.policies.corpus.draw import BASE32, LOWER, URLSAFE, Draw
from tests.policies.corpus.entry import Made, kind


def certificate(draw: Draw) -> str:
    body = "MIID" + draw.base64(720)
    lines = "\n".join(body[at : at + 64] for at in range(0, len(body), 64))
    return f"-----BEGIN CERTIFICATE-----\n{lines}\n-----END CERTIFICATE-----\n"


@kind("uuid", secret=False, times=24)
def uuid(draw: Draw) -> Made:
    name = draw.of(
        (
            "TENANT_ID",
            "CLIENT_ID",
            "INSTANCE_ID",
            "AZURE_SUBSCRIPTION_ID",
            "NODE_ID",
            "SETTING",
            "CLUSTER_ID",
            "REQUEST_ID",
            "ACCOUNT",
            "DEVICE_ID",
            "FSID",
            "DATASOURCE_UID",
        )
    )
    value = draw.uuid()
    return draw.of(("env", "label", "build-arg")), name, draw.of((value, value, value.upper(), "{" + value + "}"))


@kind("commit-hash", secret=False, times=24)
def commit_hash(draw: Draw) -> Made:
    commit = draw.hex(40)
    return draw.random.choice(
        (
            (
                "env",
                draw.of(("GIT_COMMIT", "GIT_SHA", "COMMIT", "VCS_REF", "SOURCE_COMMIT", "CI_COMMIT_SHA", "REVISION")),
                commit,
            ),
            ("env", draw.of(("APP_VERSION", "RELEASE", "BUILD")), commit[:12]),
            ("label", "org.opencontainers.image.revision", commit),
            ("build-arg", "VCS_REF", commit),
            ("env", "SOURCE_URL", f"https://{draw.site()}/{draw.word()}/tree/{commit}"),
            ("env", "GIT_DESCRIBE", f"v{draw.version()}-{draw.number(1, 99)}-g{commit[:8]}"),
        )
    )


@kind("image-digest", secret=False, times=24)
def image_digest(draw: Draw) -> Made:
    image = f"registry.example.com/{draw.word()}/{draw.word()}"
    return draw.random.choice(
        (
            ("env", "IMAGE", f"{image}@sha256:{draw.hex(64)}"),
            ("label", "org.opencontainers.image.base.digest", f"sha256:{draw.hex(64)}"),
            (
                "env",
                draw.of(("SIDECAR_IMAGE", "RUNNER_IMAGE", "VALUE")),
                f"{image}:{draw.version()}@sha256:{draw.hex(64)}",
            ),
            ("args", "", f"--image={image}:sha256-{draw.hex(64)}"),
            ("label", "com.docker.stack.image", f"{image}:{draw.version()}"),
            ("config", "/etc/images.yaml", f"images:\n  {draw.word()}: {image}@sha256:{draw.hex(64)}\n"),
        )
    )


@kind("checksum", secret=False, times=26)
def checksum(draw: Draw) -> Made:
    return draw.random.choice(
        (
            ("env", draw.of(("ARCHIVE_SHA256", "CHECKSUM", "NODE_SHA256SUM", "DOWNLOAD_SHA256")), draw.hex(64)),
            ("build-arg", draw.of(("TINI_SHA256", "GOSU_SHA256", "JAR_SHA512")), draw.hex(draw.of_numbers(64, 128))),
            ("env", draw.of(("FILE_MD5", "ETAG", "CONTENT_MD5")), draw.hex(32)),
            ("config", "/srv/index.html", f'<script src="/app.js" integrity="sha384-{draw.base64(48)}"></script>\n'),
            ("label", "app.config-hash", draw.hex(64)),
            (
                "config",
                "/app/package-lock.json",
                json.dumps({"integrity": f"sha512-{draw.base64(64)}", "version": draw.version()}),
            ),
            ("env", "CSP", f"script-src 'self' 'sha256-{draw.base64(32)}'"),
            ("config", "/srv/cache.conf", f'etag "W/{draw.hex(16)}-{draw.hex(6)}"\n'),
            ("args", "", f"--verify sha256:{draw.hex(64)}"),
        )
    )


@kind("public-certificate", secret=False, times=14)
def public_certificate(draw: Draw) -> Made:
    text = certificate(draw)
    return draw.random.choice(
        (
            ("env", draw.of(("CA_CERT", "ROOT_CERTIFICATE", "TLS_CERT", "IDP_CERTIFICATE")), text),
            ("config", "/etc/ssl/ca.pem", text + certificate(draw)),
            ("env", draw.of(("SAML_IDP_CERT", "CA_BUNDLE")), text.replace("\n", "\\n")),
            ("env", draw.of(("CA_CERT_B64", "ROOT_CA")), base64.b64encode(text.encode()).decode()),
            ("label", "ca.certificate", text),
        )
    )


@kind("public-key", secret=False, times=16)
def public_key(draw: Draw) -> Made:
    body = "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE" + draw.base64(64)
    text = f"-----BEGIN PUBLIC KEY-----\n{body[:64]}\n{body[64:]}\n-----END PUBLIC KEY-----\n"
    ssh = f"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI{draw.urlsafe(31).replace('-', 'a').replace('_', 'b')}"
    return draw.random.choice(
        (
            ("env", draw.of(("JWT_PUBLIC_KEY", "VERIFY_KEY_PEM", "COSIGN_PUBLIC_KEY")), text),
            (
                "env",
                draw.of(("SSH_PUBLIC_KEY", "AUTHORIZED_KEY", "DEPLOY_PUBKEY")),
                f"{ssh} {draw.word()}@{draw.word()}",
            ),
            ("config", "/home/app/.ssh/authorized_keys", f"{ssh} {draw.word()}@{draw.word()}\n"),
            ("config", "/home/app/.ssh/known_hosts", f"{draw.site()} {ssh}\n"),
            (
                "config",
                "/etc/jwks.json",
                json.dumps(
                    {
                        "keys": [
                            {
                                "kty": "EC",
                                "crv": "P-256",
                                "kid": draw.hex(8),
                                "x": draw.urlsafe(32),
                                "y": draw.urlsafe(32),
                            }
                        ]
                    }
                ),
            ),
            (
                "env",
                draw.of(("AGE_RECIPIENT", "BACKUP_RECIPIENT")),
                "age1" + draw.chars("qpzry9x8gf2tvdw0s3jn54khce6mua7l", 58),
            ),
            (
                "env",
                draw.of(("WIREGUARD_PUBLIC_KEY", "PEER_PUBLIC_KEY", "VAPID_PUBLIC_KEY", "RECAPTCHA_SITE_KEY")),
                draw.base64(32),
            ),
            ("env", "STRIPE_PUBLISHABLE_KEY", draw.of(("pk_live_", "pk_test_")) + draw.alnum(24)),
        )
    )


@kind("base64-of-text", secret=False, times=20)
def base64_of_text(draw: Draw) -> Made:
    text = draw.of(
        (
            draw.words(12),
            f"server:\n  port: {draw.number(1024, 60000)}\n  host: {draw.host()}\nlevel: info\n",
            json.dumps({"feature": draw.word(), "enabled": True, "limit": draw.number(1, 500)}),
            f"<html><body><h1>{draw.words(3)}</h1></body></html>",
            f"upstream {draw.word()} {{\n  server {draw.ip()}:8080;\n}}\n",
        )
    )
    encoded = base64.b64encode(text.encode()).decode()
    return (
        draw.of(("env", "label", "build-arg")),
        draw.of(names.NEUTRAL),
        draw.of((encoded, f"data:text/plain;base64,{encoded}")),
    )


@kind("identifier", secret=False, times=40)
def identifier(draw: Draw) -> Made:
    ulid = "01" + draw.chars("0123456789ABCDEFGHJKMNPQRSTVWXYZ", 24)
    pairs = (
        ("TRACEPARENT", f"00-{draw.hex(32)}-{draw.hex(16)}-01"),
        ("DOCKER_NETWORK_ID", draw.chars(LOWER, 25)),
        ("RUN_ID", ulid),
        ("S3_BUCKET", f"{draw.word()}-{draw.word()}-{draw.digits(12)}"),
        ("GA_MEASUREMENT_ID", "G-" + draw.chars(BASE32, 10)),
        ("SENTRY_RELEASE", f"{draw.word()}@{draw.version()}+{draw.hex(7)}"),
        ("HOSTED_ZONE_ID", "Z" + draw.chars(BASE32, 20)),
        ("SECURITY_GROUP", f"sg-{draw.hex(17)}"),
        ("KMS_KEY_ID", f"arn:aws:kms:eu-west-1:{draw.digits(12)}:key/{draw.uuid()}"),
        ("CONTAINER_ID", draw.hex(64)),
        ("SPAN_ID", draw.hex(16)),
        ("BUILD_TAG", f"jenkins-{draw.word()}-{draw.number(1, 999)}"),
        ("VPC_ID", f"vpc-{draw.hex(17)}"),
        ("YOUTUBE_VIDEO_ID", draw.chars(URLSAFE, 11)),
        ("IPFS_CID", "bafybei" + draw.chars("abcdefghijklmnopqrstuvwxyz234567", 52)),
        ("ONION", draw.chars("abcdefghijklmnopqrstuvwxyz234567", 56) + ".onion"),
        ("IBAN", f"DE{draw.digits(20)}"),
        ("STATIC_BUILD_HASH", draw.hex(20)),
        ("AMI_ID", f"ami-{draw.hex(17)}"),
        ("OBJECT_ID", draw.hex(24)),
        ("CLOUDFRONT_DISTRIBUTION", "E" + draw.chars(BASE32, 13)),
    )
    name, value = pairs[draw.random.choice([at for at in range(len(pairs)) if (at % 3 == 2) == draw.held_out])]
    return draw.of(("env", "env", "label", "build-arg")), name, value
