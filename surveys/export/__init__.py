"""A job for other programs: LandXML 1.2 and GNU Gama XML, both read back the same."""
