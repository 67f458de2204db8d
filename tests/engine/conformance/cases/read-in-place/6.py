import pulumi_random as random

random.RandomString("other", length=5)
