import pulumi_random as random

random.RandomString("g", length=5)
