import pulumi_random as random

random.RandomString("s", length=8, number=False, numeric=True)
