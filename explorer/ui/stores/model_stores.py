"""The stores of the panel of models, together."""

from dataclasses import dataclass

from explorer.ui.stores.downloads import DownloadsStore
from explorer.ui.stores.models import ModelsStore
from explorer.ui.stores.servers import ServersStore


@dataclass(frozen=True)
class ModelStores:
    """What there is, what comes, and who serves."""

    models: ModelsStore
    downloads: DownloadsStore
    servers: ServersStore
