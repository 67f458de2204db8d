import pulumi
import pulumi_random as random
import pulumi_tls as tls
from pulumi import ResourceOptions as O


def password(name, epoch="1", **options):
    return random.RandomPassword(name, length=12, special=False, keepers={"e": epoch}, opts=O(**options))


key = tls.PrivateKey("key", algorithm="ED25519", ecdsa_curve="P256", opts=O(delete_before_replace=True))
root = tls.SelfSignedCert("root", private_key_pem=key.private_key_pem, is_ca_certificate=True, validity_period_hours=99, allowed_uses=["cert_signing"], subject={"common_name": "root"})
leaf = tls.PrivateKey("leaf", algorithm="ED25519")
csr = tls.CertRequest("csr", private_key_pem=leaf.private_key_pem, subject={"common_name": "leaf"})
cert = tls.LocallySignedCert("cert", cert_request_pem=csr.cert_request_pem, ca_private_key_pem=key.private_key_pem, ca_cert_pem=root.cert_pem, validity_period_hours=50, allowed_uses=["server_auth"])
seen = random.RandomId("seen", byte_length=2, keepers={"cert": cert.cert_pem, "csr": csr.cert_request_pem})
box = random.RandomId("box", byte_length=2, prefix="p", opts=O(depends_on=[cert], parent=cert))
pulumi.export("cert", cert.cert_pem)
