"""The alarms that call people, and the dashboard they open then."""

from __future__ import annotations

from settings import Settings
from signals import alarms, panels

from shared.aws.alarms import dashboard, dashboard_url, metric_alarm
from shared.aws.component import Component
from shared.aws.site import Site


class Watch(Component):
    """`dashboard_url` is where to look first."""

    dashboard_url: str

    def __init__(
        self,
        name: str,
        *,
        site: Site,
        base_name: str,
        settings: Settings,
    ) -> None:
        super().__init__(name)
        for alarm in alarms(base_name, settings):
            metric_alarm(alarm, resource=name, prefix=base_name, site=site, opts=self.child())
        dashboard(base_name, region=site.region, panels=panels(base_name, site.region, settings), opts=self.child())
        self.dashboard_url = dashboard_url(base_name, site.region)
        self.register_outputs({"dashboard_url": self.dashboard_url})
