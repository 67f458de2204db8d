import pulumi_random as random

random.RandomString.get("g", "abc")
