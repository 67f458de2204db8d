import pulumi
import pulumi_random as random
import pulumi_tls as tls
from pulumi import ResourceOptions as O


def password(name, epoch="1", **options):
    return random.RandomPassword(name, length=12, special=False, keepers={"e": epoch}, opts=O(**options))


k = tls.PrivateKey("k", algorithm="RSA")
e = tls.PrivateKey("e", algorithm="ECDSA", ecdsa_curve="P521")
csr = tls.CertRequest("csr", private_key_pem=k.private_key_pem, subject={"common_name": "x", "organization": "o", "street_addresses": ["a", "b"]}, ip_addresses=["127.0.0.1"], uris=["spiffe://a/b"])
s = tls.SelfSignedCert("s", private_key_pem=e.private_key_pem, validity_period_hours=10, allowed_uses=["client_auth", "server_auth"], set_subject_key_id=True, set_authority_key_id=True, dns_names=["a", "b"])
