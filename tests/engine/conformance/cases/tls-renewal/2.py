import pulumi
import pulumi_random as random
import pulumi_tls as tls
from pulumi import ResourceOptions


def password(name, epoch="1", **options):
    return random.RandomPassword(name, length=12, special=False, keepers={"e": epoch}, opts=ResourceOptions(**options))


ca = tls.PrivateKey("ca", algorithm="ECDSA", ecdsa_curve="P256")
root = tls.SelfSignedCert("root", private_key_pem=ca.private_key_pem, is_ca_certificate=True, validity_period_hours=100, early_renewal_hours=10, allowed_uses=["cert_signing"], subject={"common_name": "root"})
key = tls.PrivateKey("key", algorithm="ECDSA", ecdsa_curve="P256")
request = tls.CertRequest("csr", private_key_pem=key.private_key_pem, subject={"common_name": "leaf"}, dns_names=["leaf"])
leaf = tls.LocallySignedCert("leaf", cert_request_pem=request.cert_request_pem, ca_private_key_pem=ca.private_key_pem, ca_cert_pem=root.cert_pem, validity_period_hours=50, early_renewal_hours=50, allowed_uses=["server_auth"])
random.RandomId("after", byte_length=2, keepers={"of": leaf.cert_pem})
