import pulumi
import pulumi_random as random

random.RandomShuffle("f", inputs=["x"], result_count=0)
random.RandomShuffle("g", inputs=["x"])
random.RandomString("s", length=8, numeric=False)
random.RandomPassword("t", length=8, number=False)
