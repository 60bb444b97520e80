"""Azure's login for state in Azure Blob Storage, renewed for as long as a command runs in a job of GitHub's.

The engine opens `azblob://` without a key by azidentity's DefaultAzureCredential
(https://github.com/google/go-cloud/blob/master/blob/azureblob/azureblob.go). Where AZURE_CLIENT_ID, AZURE_TENANT_ID and
AZURE_FEDERATED_TOKEN_FILE are set that is workload identity, which takes each access token, of an hour or more, for the
file's content, read anew when the last reading is ten minutes old
(https://github.com/Azure/azure-sdk-for-go/blob/main/sdk/azidentity/workload_identity.go). The content is GitHub's
assertion of who the job is. It ends after minutes, and the job may ask for another one at any time
(https://docs.github.com/en/actions/reference/security/oidc).
"""

from __future__ import annotations

import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping, MutableMapping
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

from gitops.backend import read_address
from gitops.errors import UserError
from gitops.files import write_text

AUDIENCE = "api://AzureADTokenExchange"
RENEW_SECONDS = 120
"""Less than half of the five minutes that an assertion is good for: https://github.com/Azure/login/issues/180"""
ANSWER_SECONDS = 20
ASK, TOKEN = "ACTIONS_ID_TOKEN_REQUEST_URL", "ACTIONS_ID_TOKEN_REQUEST_TOKEN"
CLIENT, TENANT, FILE = "AZURE_CLIENT_ID", "AZURE_TENANT_ID", "AZURE_FEDERATED_TOKEN_FILE"
OTHER_LOGINS = ("AZURE_STORAGE_KEY", "AZURE_STORAGE_SAS_TOKEN", "AZURE_STORAGE_CONNECTION_STRING", FILE)
Say = Callable[[str], None]


def find_identity(environ: Mapping[str, str]) -> dict[str, str]:
    """The variables of the identity to log in as; empty if there is another login, or no GitHub job with the permission
    to ask."""
    client = environ.get(CLIENT) or environ.get("ARM_CLIENT_ID")
    tenant = environ.get(TENANT) or environ.get("ARM_TENANT_ID")
    asks = read_address(environ).startswith("azblob://") and environ.get(ASK) and environ.get(TOKEN)
    if not (asks and client and tenant) or any(environ.get(name) for name in OTHER_LOGINS):
        return {}
    return {CLIENT: client, TENANT: tenant}


def fetch_assertion(environ: Mapping[str, str]) -> str:
    """Asks GitHub for an assertion of this job's identity. Raises `UserError` if GitHub gives none."""
    import urllib3  # for this login alone, and every command starts with this module

    address = f"{environ[ASK]}&audience={quote(AUDIENCE, safe='')}"  # it has a query already
    headers = {"Authorization": f"Bearer {environ[TOKEN]}"}
    try:
        answer = urllib3.request("GET", address, headers=headers, timeout=ANSWER_SECONDS, retries=3)
        if answer.status != 200:
            raise UserError(f"{answer.status} {answer.reason}", where=ASK, hint="The job needs `id-token: write`.")
        return str(answer.json()["value"])
    except (urllib3.exceptions.HTTPError, ValueError, KeyError) as error:
        raise UserError(f"GitHub gave no assertion: {error}", where=ASK, hint="Run the job again.") from error


@contextmanager
def renew_login(environ: MutableMapping[str, str], say: Say, seconds: float = RENEW_SECONDS) -> Iterator[None]:
    """Has `environ` name a file with an assertion that is never older than `seconds`, for the block.

    Does nothing where that is not the login, and says so where GitHub does not answer: the `az` command's then stands.
    """
    identity = find_identity(environ)
    with tempfile.TemporaryDirectory(prefix="gitops-login-") as folder:
        file = Path(folder) / "assertion"
        if not identity or not write_assertion(file, environ, say):
            yield
            return
        added = {name: value for name, value in (identity | {FILE: str(file)}).items() if name not in environ}
        environ.update(added)
        ended = threading.Event()
        renewing = threading.Thread(target=keep_fresh, args=(file, environ, say, seconds, ended), daemon=True)
        renewing.start()
        try:
            yield
        finally:
            ended.set()
            renewing.join()
            for name in added:
                del environ[name]


def keep_fresh(file: Path, environ: Mapping[str, str], say: Say, seconds: float, ended: threading.Event) -> None:
    while not ended.wait(seconds):
        write_assertion(file, environ, say)


def write_assertion(file: Path, environ: Mapping[str, str], say: Say) -> bool:
    """Writes a new assertion; returns False if there is none. Then the old one stays, which may still be valid."""
    try:
        write_text(file, fetch_assertion(environ))
    except (UserError, OSError) as error:
        say(f"Azure's login for the state was not renewed: {error}")
        return False
    return True
