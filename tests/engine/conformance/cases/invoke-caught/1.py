import pulumi
import pulumi_random as random
import pulumi_tls as tls

try:
    tls.get_public_key(private_key_pem="not a key")
except Exception as error:
    pulumi.export("caught", str(error)[:100])
random.RandomPassword("a", length=8)
