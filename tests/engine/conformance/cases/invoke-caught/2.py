import pulumi
import pulumi_random as random
import pulumi_tls as tls

random.RandomPassword("a", length=9)
tls.get_public_key()
