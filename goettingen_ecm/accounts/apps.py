from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    name = "goettingen_ecm.accounts"
    label = "accounts"
    verbose_name = _("Personen und Organisation")

    def ready(self) -> None:
        """Django admin logs in through allauth too: same rate limit, same second factor."""
        from allauth.account.decorators import secure_admin_login
        from django.contrib import admin

        admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]
