"""The outside as a backup's messages meet it: a mail server and Telegram, stood in for, behind the real ways out."""

import json
import secrets
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from components.text import haproxy, squid
from diagram import Egress, Forward, Link, Protocol, Service
from tests.apps.certificates import Authority
from tests.backup.stage import Stage, eventually, given_to

IMAGE = "rempart/any:sha256-" + "0" * 64
TELEGRAM, MAIL = "api.telegram.org", "smtp.recyclic.example"
TO_EGRESS = Link(caller="backup", callee="egress", protocol=Protocol.proxy, port=3128, hosts=(TELEGRAM,))
TO_MAIL = Link(caller="backup", callee="mail", protocol=Protocol.tcp, port=4650)
SERVERS = """
import base64, json, socketserver, ssl
from threading import Thread

def told(**what):
    print(json.dumps(what), flush=True)

class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = daemon_threads = True
    def __init__(self, port, name, handler):
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(f"/run/secrets/{name}.pem", f"/run/secrets/{name}.pem.key")
        super().__init__(("", port), handler)
    def get_request(self):
        plain, address = super().get_request()
        return self.context.wrap_socket(plain, server_side=True), address

class Telegram(socketserver.StreamRequestHandler):
    def handle(self):
        _, path, _ = self.rfile.readline().decode().split()
        length = 0
        while line := self.rfile.readline().strip():
            name, _, value = line.decode().partition(": ")
            length = int(value) if name.lower() == "content-length" else length
        told(by="telegram", path=path, message=json.loads(self.rfile.read(length)))
        self.wfile.write(b"HTTP/1.1 200 OK\\r\\nContent-Length: 11\\r\\nConnection: close\\r\\n\\r\\n" b'{"ok":true}')

class Mail(socketserver.StreamRequestHandler):
    def answer(self, text):
        self.wfile.write(f"{text}\\r\\n".encode())
    def handle(self):
        self.answer("220 stand-in")
        login = sender = to = ""
        while line := self.rfile.readline().decode().strip():
            word = line.split()[0].upper()
            if word == "EHLO":
                self.answer("250-stand-in\\r\\n250 AUTH PLAIN")
            elif word == "AUTH":
                login = base64.b64decode(line.split()[2]).decode().split("\\0")[1:]
                self.answer("235 welcome")
            elif word == "DATA":
                self.answer("354 go on")
                lines = []
                while (line := self.rfile.readline().decode()) != ".\\r\\n":
                    lines.append(line)
                told(by="mail", login=login, sender=sender, to=to, message="".join(lines))
                self.answer("250 kept")
            elif word == "QUIT":
                return self.answer("221 bye")
            else:
                sender, to = (line if word == "MAIL" else sender), (line if word == "RCPT" else to)
                self.answer("250 well")

Thread(target=Server(443, "telegram", Telegram).serve_forever).start()
Server(465, "mail", Mail).serve_forever()
"""


class Outside:
    """Beside a stage on a network without a way out: the two servers, the egress and the forward between."""

    def __init__(self, folder: Path) -> None:
        self.name, self.folder, self.world = f"outside-{secrets.token_hex(3)}", folder, Authority("the world")
        subprocess.run(["docker", "network", "create", "--internal", self.name], capture_output=True, check=True)
        self.egress, self.mail = Authority("callers of egress"), Authority("callers of mail")
        self.token, self.word = secrets.token_hex(16), secrets.token_hex(16)

    def start(self, stage: Stage) -> None:
        """Both ways out, which prove themselves by the stage's root, and what they lead to."""
        images = stage.images
        servers = {
            **pair("telegram", self.world.server(TELEGRAM)), **pair("mail", self.world.server(MAIL)),
            "servers.py": SERVERS.encode(),
        }  # fmt: skip
        named = [f"--network-alias={TELEGRAM}", f"--network-alias={MAIL}", "--user=0:0", "--entrypoint=python3"]
        self._run("servers", images["app"], servers, ["/run/secrets/servers.py"], named)
        text = squid.egress(Egress(name="egress", image=IMAGE), [TO_EGRESS])
        way = {
            **pair("front", stage.root.server("egress")),
            "callers.pem": self.egress.pem,
            "squid.conf": text.encode(),
        }
        command = ["squid", "-N", "-f", "/run/secrets/squid.conf"]
        self._run("egress", images["egress"], way, command, ["--network-alias=egress"])
        forward = Forward(name="mail", image=IMAGE, port=4650, host=MAIL, host_port=465)
        config = haproxy.forward(MAIL, 465, forward, [TO_MAIL]).encode()
        way = {**pair("front", stage.root.server("mail")), "callers.pem": self.mail.pem, "haproxy.cfg": config}
        at = f"--volume={self.folder}/mail/haproxy.cfg:/etc/front/haproxy.cfg:ro"
        self._run("mail", images["front"], way, [], ["--network-alias=mail", at])

    def given(self, stage: Stage) -> tuple[dict[str, str], list[str]]:
        """What the stage's backup is given to send by these ways: its environment, and options of its container."""
        service = Service(name="backup", image=IMAGE, port=8020)
        front = haproxy.front(service, [], [TO_EGRESS, TO_MAIL])
        files = {
            **pair("egress", self.egress.client("backup")), **pair("mail", self.mail.client("backup")),
            "world.pem": self.world.pem, "haproxy.cfg": front.encode(),
            "telegram-token": self.token.encode(), "mail-password": self.word.encode(),
        }  # fmt: skip
        given_to(stage.folder / "backup", files)
        env = {
            "EGRESS_PROXY": "http://127.0.0.1:3128", "TELEGRAM_CHAT": "-100",
            "TELEGRAM_TOKEN_FILE": "/run/secrets/telegram-token", "MAIL_ADDRESS": "127.0.0.1:4650", "MAIL_HOST": MAIL,
            "MAIL_FROM": "backup@recyclic.example", "MAIL_TO": "team@recyclic.example",
            "MAIL_PASSWORD_FILE": "/run/secrets/mail-password", "SSL_CERT_FILE": "/run/secrets/world.pem",
        }  # fmt: skip
        return env, [f"--volume={stage.folder}/backup/haproxy.cfg:/etc/front/haproxy.cfg:ro"]

    def arrived(self, by: str, count: int = 1) -> list[dict[str, Any]]:
        """What one of the servers took, once it took as many."""
        found: list[dict[str, Any]] = eventually(lambda: (told := self._told(by))[count - 1 :] and told)
        return found

    def logs(self, container: str) -> str:
        """What a container wrote."""
        done = subprocess.run(
            ["docker", "logs", f"{self.name}-{container}"], capture_output=True, text=True, check=True
        )
        return done.stdout + done.stderr

    def break_off(self) -> None:
        """The servers answer no more."""
        subprocess.run(["docker", "stop", "-t", "0", f"{self.name}-servers"], capture_output=True, check=True)

    def close(self) -> None:
        """Nothing of it stays."""
        for container in ("servers", "egress", "mail"):
            subprocess.run(["docker", "rm", "-fv", f"{self.name}-{container}"], capture_output=True, check=False)
        subprocess.run(["docker", "network", "rm", self.name], capture_output=True, check=True)

    def _told(self, by: str) -> list[dict[str, Any]]:
        lines = [json.loads(line) for line in self.logs("servers").splitlines() if line.startswith("{")]
        return [line for line in lines if line["by"] == by]

    def _run(self, name: str, image: str, files: Mapping[str, bytes], command: list[str], options: list[str]) -> None:
        given_to(self.folder / name, files)
        base = ["docker", "run", "-d", "--name", f"{self.name}-{name}", "--network", self.name, "--read-only", "--init"]
        base += ["--tmpfs", "/tmp", "-v", f"{self.folder}/{name}:/run/secrets:ro", *options]
        subprocess.run([*base, image, *command], capture_output=True, check=True)


def pair(name: str, leaf: tuple[bytes, bytes]) -> dict[str, bytes]:
    """A certificate and its key, by the names of their files."""
    return {f"{name}.pem": leaf[0], f"{name}.pem.key": leaf[1]}
