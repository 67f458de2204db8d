"""Run inside a stage: sends one HTTPS request as the gateway, and prints status, body and seconds as JSON."""

import http.client
import json
import ssl
import sys
import time

service, port, method, path, headers, body = json.loads(sys.argv[1])
tls = ssl.create_default_context(cafile="/run/secrets/root.pem")
tls.load_cert_chain(f"/run/secrets/{service}.pem", f"/run/secrets/{service}.pem.key")
connection = http.client.HTTPSConnection(service, port, context=tls, timeout=20)
began = time.monotonic()
connection.request(method, path, body=body, headers=headers)
answer = connection.getresponse()
print(json.dumps([answer.status, answer.read().decode(), time.monotonic() - began]))
