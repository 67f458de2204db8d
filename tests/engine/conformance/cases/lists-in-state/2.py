import pulumi_random as random
from pulumi import ResourceOptions


def password(name, epoch="1", **options):
    return random.RandomPassword(
        name, length=12, special=False, keepers={"e": epoch}, opts=ResourceOptions(**options)
    )


password("a", ignore_changes=["special"])
