"""A base map of one's own: a style elsewhere, or an archive of tiles, instead of the land."""

from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

PMTILES_HERE = "/map/base.pmtiles"


@dataclass(frozen=True)
class BaseMap:
    """What the installation names; a style goes before an archive."""

    style_url: str | None = None
    pmtiles: str | None = None

    @property
    def file(self) -> Path | None:
        """Return the archive, when it lies on this machine."""
        if self.pmtiles is None or "://" in self.pmtiles:
            return None
        return Path(self.pmtiles)

    @property
    def pmtiles_url(self) -> str | None:
        """Return where browsers find the archive."""
        return self.pmtiles if self.file is None else PMTILES_HERE

    def origins(self) -> list[str]:
        """Return the origins elsewhere that a browser must be allowed to ask."""
        named = [url for url in (self.style_url, self.pmtiles_url) if url and "://" in url]
        return sorted({"{0.scheme}://{0.netloc}".format(urlsplit(url)) for url in named})
