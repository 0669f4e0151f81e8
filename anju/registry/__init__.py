"""The register 户 · 人 · 房: households, persons, dwellings, their categories, and everything that was ever true or believed of them."""
