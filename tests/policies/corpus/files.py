"""Secrets in the middle of a file's other lines."""

from __future__ import annotations

import base64
import hashlib
import json

from tests.policies.corpus import names
from tests.policies.corpus.credentials import password
from tests.policies.corpus.draw import Draw
from tests.policies.corpus.entry import Made, kind


@kind("server-settings", secret=True, times=24)
def server_settings(draw: Draw) -> Made:
    value, user = password(draw), draw.of(names.USER)
    return draw.random.choice(
        (
            ("config", "/etc/redis/redis.conf", f"port 0\ntls-port 6379\nrequirepass {value}\nmaxmemory 64mb\n"),
            ("config", "/etc/redis/users.acl", f"user default off\nuser {user} on >{value} ~* +@all\n"),
            ("config", "/etc/redis/redis.conf", f"masteruser {user}\nmasterauth {value}\nappendonly yes\n"),
            (
                "config",
                "/etc/rabbitmq/rabbitmq.conf",
                f"default_user = {user}\ndefault_pass = {value}\nheartbeat = 30\n",
            ),
            ("config", "/etc/my.cnf", f"[client]\nuser={user}\npassword={value}\n"),
            ("config", "/etc/grafana/grafana.ini", f"[security]\nadmin_user = {user}\nadmin_password = {value}\n"),
            (
                "config",
                "/etc/alertmanager.yml",
                f"global:\n  smtp_auth_username: {user}\n  smtp_auth_password: '{value}'\n",
            ),
            ("config", "/etc/prometheus.yml", f"basic_auth:\n  username: {user}\n  password: {value}\n"),
            ("config", "/etc/ldap.conf", f"base dc=example,dc=com\nbindpw {value}\nport 636\n"),
            ("config", "/etc/postfix/sasl_passwd", f"[{draw.site()}]:587 {user}@{draw.site()}:{value}\n"),
            ("config", "/etc/ppp/chap-secrets", f'"{user}" * "{value}" *\n'),
            ("config", "/etc/pgbouncer/userlist.txt", f'"{user}" "{value}"\n'),
        )
    )


@kind("application-settings", secret=True, times=24)
def application_settings(draw: Draw) -> Made:
    value, user = password(draw), draw.of(names.USER)
    return draw.random.choice(
        (
            ("config", "/app/.env", f"PORT=8080\nLOG_LEVEL=info\n{draw.of(names.PASSWORD[:20])}={value}\n"),
            ("config", "/app/application.properties", f"server.port=8080\nspring.datasource.password={value}\n"),
            (
                "config",
                "/app/config.yaml",
                f"database:\n  host: {draw.host()}\n  username: {user}\n  password: {value}\n",
            ),
            ("config", "/app/config.json", json.dumps({"db": {"host": draw.host(), "user": user, "password": value}})),
            (
                "config",
                "/app/settings.py",
                f"DEBUG = False\nSECRET_KEY = '{draw.chars('abcdefghijklmnop0123456789!@#$%^&*(-_=+)', 50)}'\n",
            ),
            ("config", "/app/wp-config.php", f"define( 'DB_USER', '{user}' );\ndefine( 'DB_PASSWORD', '{value}' );\n"),
            ("config", "/app/config.toml", f'[database]\nuser = "{user}"\npassword = "{value}"\n'),
            ("config", "/app/secrets.yml", f"production:\n  secret_key_base: {draw.hex(128)}\n"),
            ("config", "/app/web.config", f'<add key="ApiSecret" value="{draw.alnum(40)}" />\n'),
            (
                "config",
                "/app/settings.xml",
                f"<server><username>{user}</username><password>{value}</password></server>\n",
            ),
            (
                "config",
                "/etc/wireguard/wg0.conf",
                f"[Interface]\nAddress = {draw.ip()}/24\nPrivateKey = {draw.base64(32)}\n",
            ),
            ("config", "/app/terraform.tfvars", f'region = "eu-west-1"\ndb_password = "{value}"\n'),
        )
    )


@kind("client-files", secret=True, times=20)
def client_files(draw: Draw) -> Made:
    value, user, host = password(draw), draw.of(names.USER), draw.site()
    pair = base64.b64encode(f"{user}:{value}".encode()).decode()
    return draw.random.choice(
        (
            ("config", "/root/.pgpass", f"{host}:5432:{draw.word()}:{user}:{value.replace(':', '')}\n"),
            ("config", "/root/.netrc", f"machine {host}\nlogin {user}\npassword {value}\n"),
            ("config", "/root/.docker/config.json", json.dumps({"auths": {host: {"auth": pair}}})),
            ("config", "/root/.kube/config", f"users:\n- name: {user}\n  user:\n    token: {draw.alnum(64)}\n"),
            ("config", "/root/.npmrc", f"//{host}/:_authToken={draw.uuid()}\n"),
            ("config", "/root/.npmrc", f"registry=https://{host}/\n_auth={pair}\n"),
            ("config", "/etc/pip.conf", f"[global]\nindex-url = https://{user}:{draw.alnum(20)}@{host}/simple\n"),
            ("config", "/root/.s3cfg", f"[default]\naccess_key = {draw.alnum(20)}\nsecret_key = {draw.base64(30)}\n"),
            ("config", "/root/.my.cnf", f'[mysql]\nuser = "{user}"\npassword = "{value}"\n'),
            ("env", "DOCKER_AUTH_CONFIG", json.dumps({"auths": {host: {"auth": pair}}})),
        )
    )


@kind("password-hash", secret=True, times=14)
def password_hash(draw: Draw) -> Made:
    """A file of hashes is what an attacker takes home to try passwords on."""
    letters = "./ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
    user = draw.of(names.USER)
    apr, bcrypt = f"$apr1${draw.chars(letters, 8)}${draw.chars(letters, 22)}", f"$2y$10${draw.chars(letters, 53)}"
    sha = "{SHA}" + base64.b64encode(hashlib.sha1(draw.bytes(9)).digest()).decode()
    crypt = f"$6$rounds=5000${draw.chars(letters, 16)}${draw.chars(letters, 86)}"
    return draw.random.choice(
        (
            ("config", "/etc/nginx/.htpasswd", f"{user}:{draw.of((apr, bcrypt, sha))}\n"),
            ("label", "traefik.http.middlewares.auth.basicauth.users", f"{user}:{draw.of((apr, bcrypt))}"),
            ("config", "/etc/prometheus/web.yml", f"basic_auth_users:\n  {user}: {bcrypt}\n"),
            ("config", "/etc/shadow", f"{user}:{crypt}:19500:0:99999:7:::\n"),
            ("env", draw.of(("TRAEFIK_USERS", "BASIC_AUTH", "HTPASSWD")), f"{user}:{draw.of((apr, bcrypt))}"),
        )
    )


@kind("logging-credential", secret=True, times=8)
def logging_credential(draw: Draw) -> Made:
    name = draw.of(
        (
            "splunk-token",
            "fluentd-shared-key",
            "logentries-token",
            "gcp-credentials-key",
            "sumo-access-key",
            "loki-password",
            "dd-api-key",
        )
    )
    return "log-option", name, draw.of((draw.uuid(), draw.hex(32), draw.alnum(32)))


@kind("storage-credential", secret=True, times=8)
def storage_credential(draw: Draw) -> Made:
    value = password(draw)
    return draw.random.choice(
        (
            ("driver-option", "o", f"addr={draw.ip()},username={draw.of(names.USER)},password={value},vers=3.0"),
            ("driver-option", "password", value),
            ("driver-option", "o", f"user={draw.of(names.USER)},pass={value}"),
            ("driver-option", "secret", draw.alnum(32)),
        )
    )
