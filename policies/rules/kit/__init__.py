"""What rules are written with: resources, the rule decorators, and readers of the formats that services are told in."""
