"""MongoDB: its settings, its users, and what its keeper does."""

import json
from collections.abc import Mapping, Sequence

from components.text import postgres
from diagram import DocumentStore, Link
from diagram.description import in_bytes

SECRETS = "/run/secrets"


def settings(service: DocumentStore) -> str:
    """mongod.conf: TLS 1.3 with client certificates only; a quarter of the memory is its cache.

    Who comes in shows a certificate of the callers' authority (clusterCAFile), and so does the member where it calls
    another (clusterFile), which shows one of the stack's root (CAFile).
    """
    return f"""\
net:
  port: {service.port}
  bindIpAll: true
  unixDomainSocket:
    enabled: false
  tls:
    mode: requireTLS
    disabledProtocols: TLS1_0,TLS1_1,TLS1_2
    allowConnectionsWithoutCertificates: false
    certificateKeyFile: {SECRETS}/server.pem
    clusterCAFile: {SECRETS}/callers.pem
    clusterFile: {SECRETS}/member.pem
    CAFile: {SECRETS}/root.pem
security:
  authorization: enabled
  keyFile: {SECRETS}/member.key
  javascriptEnabled: false
replication:
  replSetName: {service.name}
storage:
  dbPath: {service.volume}
  wiredTiger:
    engineConfig:
      cacheSizeGB: {in_bytes(service.memory) / 4 / 1024**3}
"""


def address(service: DocumentStore, *members: str) -> str:
    """The URL of `members` for the set's own tasks, which show member.pem; without a user."""
    hosts = ",".join(f"{member}:{service.port}" for member in members)
    return f"mongodb://{hosts}/?tls=true&tlsCAFile={SECRETS}/root.pem&tlsCertificateKeyFile={SECRETS}/member.pem"


def users(service: DocumentStore, callers: Sequence[Link], passwords: Mapping[str, str]) -> str:
    """users.json: `passwords` maps a user (``<caller>_g<n>``) to its password."""
    rights = {postgres.group(link.caller): link.rights for link in callers}
    found = []
    for user, password in sorted(passwords.items()):
        roles = [_role(service, it) for it in rights[user.rpartition("_g")[0]]]
        found.append({"user": user, "pwd": password, "roles": roles, "mechanisms": ["SCRAM-SHA-256"]})
    return json.dumps(found)


def _role(service: DocumentStore, right: str) -> dict[str, str]:
    name, _, everywhere = right.partition("@")
    return {"role": name, "db": everywhere or service.database}


def keeper(service: DocumentStore) -> str:
    """keep.js: makes the members one set, and its users those of users.json, again whenever they are not."""
    members = [{"_id": number, "host": f"{it}:{service.port}"} for number, it in enumerate(service.member_names)]
    config = json.dumps({"_id": service.name, "members": members})
    first = json.dumps(address(service, service.member_names[0]) + "&directConnection=true")
    whole = json.dumps(address(service, *service.member_names) + f"&replicaSet={service.name}&w=majority")
    return f"""\
// Runs in mongosh without a database. Members trust who knows their key file: that is what __system proves.
const fs = require("fs"), ready = "/tmp/ready";
const key = fs.readFileSync("{SECRETS}/member.key", "utf8").replace(/\\s/g, "");
const wanted = JSON.parse(fs.readFileSync("{SECRETS}/users.json", "utf8"));

function admin(url) {{
  const server = Mongo(url);
  if (!server.getDB("local").auth("__system", key)) throw Error("the key file is refused");
  return server.getDB("admin");
}}

function initiate() {{
  try {{
    admin({first}).runCommand({{ replSetInitiate: {config} }});
  }} catch (error) {{
    if (error.codeName !== "AlreadyInitialized") throw error;
  }}
}}

function apply() {{
  const store = admin({whole}), known = store.getUsers().users.map((it) => it.user);
  for (const it of wanted) {{
    const {{ user, ...held }} = it;
    known.includes(user) ? store.updateUser(user, held) : store.createUser(it);
  }}
  for (const name of known) {{
    if (!wanted.some((it) => it.user === name)) store.dropUser(name);
  }}
  return store;
}}

let current = null;
while (true) {{
  try {{
    if (!current) {{
      initiate();
      current = apply();
      print("keeper: the set has its users");
    }}
    current.runCommand({{ ping: 1 }});
    fs.writeFileSync(ready, "");
  }} catch (error) {{
    print("keeper: " + (error.codeName || error.name));
    fs.rmSync(ready, {{ force: true }});
    current = null;
  }}
  sleep(5000);
}}
"""
