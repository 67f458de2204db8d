"""What every test shares: a property is judged by its examples, not by how busy the machine is."""

from hypothesis import settings

settings.register_profile("rempart", deadline=None)
settings.load_profile("rempart")
