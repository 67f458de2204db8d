"""The configuration texts of the programs that the components run. Pure functions, without Pulumi."""
