import pulumi
import pulumi_random as random

random.RandomShuffle("f", inputs=["x"], result_count=1)
random.RandomShuffle("g", inputs=["x"], result_count=0)
random.RandomString("s", length=8)
random.RandomPassword("t", length=8, numeric=False)
