"""The errors that Dateline raises.

GeoError (ValueError)
├── GazetteerError      a gazetteer file that cannot be used; lists every broken row
├── UnknownPlaceError        a place id that no gazetteer layer holds
├── ReportError         a report that cannot be read; goes to the tray, never stops a build
├── CorrectionError     an analyst's correction that cannot be made; says what is wrong with it
├── StoreError          a data folder that cannot be read or written
└── ModelMissingError        no language model is installed; the rules alone go on
"""

__all__ = [
    "CorrectionError",
    "GazetteerError",
    "GeoError",
    "ModelMissingError",
    "ReportError",
    "StoreError",
    "UnknownPlaceError",
]


class GeoError(ValueError):
    """The root of every error that Dateline raises on purpose; its text is one line for a person."""


class GazetteerError(GeoError):
    """A gazetteer file that cannot be used; the text names file, line and reason of each broken row."""


class UnknownPlaceError(GeoError):
    """A place id that no gazetteer layer holds."""


class ReportError(GeoError):
    """A report that cannot be read; the text is the reason as the tray shows it."""


class CorrectionError(GeoError):
    """A correction that cannot be made or applied; the text says what is wrong with it."""


class StoreError(GeoError):
    """A data folder that cannot be read or written."""


class ModelMissingError(GeoError):
    """No spaCy model is installed."""
