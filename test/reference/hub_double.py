"""Shows that Python's huggingface_hub works against the hub's test double, and shares its cache with textune.

Writes nothing: it fails where something doesn't hold. Run it from the repository's root, after `npm ci`:

    python test/reference/hub_double.py
"""

import hashlib
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

SCRIPT = ["node_modules/.bin/tsx", "test/reference/hub_double.ts"]
cache = tempfile.TemporaryDirectory()
server = subprocess.Popen([*SCRIPT, "serve"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
url = server.stdout.readline().strip()
# Before the import, which reads them. Xet is another protocol, with a server of its own.
os.environ.update(
    HF_ENDPOINT=url, HF_HOME=cache.name, HF_HUB_DISABLE_XET="1", HF_HUB_DISABLE_TELEMETRY="1", HF_HUB_DISABLE_PROGRESS_BARS="1"
)
for name in ("HF_TOKEN", "HF_HUB_CACHE", "HF_HUB_OFFLINE", "HTTP_PROXY", "http_proxy"):
    os.environ.pop(name, None)

import huggingface_hub  # noqa: E402
from huggingface_hub import HfApi, hf_hub_download, snapshot_download  # noqa: E402
from huggingface_hub.errors import (  # noqa: E402
    EntryNotFoundError,
    GatedRepoError,
    HfHubHTTPError,
    RepositoryNotFoundError,
    RevisionNotFoundError,
)
from huggingface_hub.utils import _http  # noqa: E402


def tell(command: str) -> None:
    server.stdin.write(f"{command}\n")
    server.stdin.flush()


def requests() -> list[dict]:
    tell("log")
    return json.loads(server.stdout.readline())


def textune(kind: str, name: str, **environment: str) -> dict:
    done = subprocess.run(
        [*SCRIPT, "load", kind, name], env={**os.environ, **environment}, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def hashes(folder: str) -> dict:
    files = [path for path in Path(folder).rglob("*") if path.is_file()]
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def fails(error: type[Exception], call, *args, **options) -> Exception:
    try:
        call(*args, **options)
    except error as found:
        return found
    raise AssertionError(f"{call.__name__}{args} didn't raise {error.__name__}")


def check(what: str) -> None:
    print(f"ok  {what}")


# The special case for a stranger's 401 knows https addresses only; the double has no certificate.
pattern = _http.REPO_API_REGEX
assert "^https://" in pattern.pattern
_http.REPO_API_REGEX = re.compile(pattern.pattern.replace("^https://", "^https?://"), pattern.flags)

api = HfApi()
try:
    python = hashes(snapshot_download("some/model"))
    asked = requests()
    assert len(python) == 4
    contents = [r for r in asked if "xet-bridge" in r["path"]]
    assert [r.get("range") for r in contents][0] is None and len(contents) == 2, contents
    assert all("token" not in r for r in contents)
    check("snapshot_download, with a large file whose connection breaks once")

    before = hashes(cache.name)
    assert textune("model", "some/model", HF_HUB_OFFLINE="1") == {"isWhole": True, "hashes": python}
    assert textune("model", "some/model")["hashes"] == python
    assert not [r for r in requests() if "/api/" not in r["path"]]
    assert hashes(cache.name) == before
    check("what Python cached textune reads, offline and with a connection, and changes nothing of")

    assert "some/model" == api.model_info("old-name").id == api.model_info("SOME/model").id
    assert hf_hub_download("old-name", "config.json")
    check("old and wrong-case names")

    assert len(api.list_repo_files("some/many", repo_type="dataset")) == 2500
    assert len([r for r in requests() if "/tree/" in r["path"]]) in (0, 3)
    assert len(list(api.list_repo_tree("some/many", repo_type="dataset", recursive=True))) == 2500
    assert len([r for r in requests() if "/tree/" in r["path"]]) == 3
    check("2,500 files in three pages")

    unknown = fails(RepositoryNotFoundError, hf_hub_download, "nobody/nothing", "config.json")
    assert unknown.response.status_code == 401
    unknown = fails(RepositoryNotFoundError, hf_hub_download, "nobody/nothing", "config.json", token="somebody")
    assert unknown.response.status_code == 404
    fails(RepositoryNotFoundError, api.model_info, "me/private")
    assert api.model_info("me/private", token="mine").private
    check("unknown and private repositories, without and with a token")

    fails(RevisionNotFoundError, hf_hub_download, "some/model", "config.json", revision="v9")
    fails(EntryNotFoundError, hf_hub_download, "some/model", "nothing.txt")
    pull_request = hf_hub_download("some/model", "config.json", revision="refs/pr/4")
    assert Path(pull_request).read_text() == "{}"
    check("unknown revisions and files, and a pull request's revision")

    gated = dict(repo_id="gated/set", filename="a.csv", repo_type="dataset")
    fails(GatedRepoError, hf_hub_download, **gated)
    fails(GatedRepoError, hf_hub_download, **gated, token="somebody")
    assert hf_hub_download(**gated, token="granted")
    check("a gated repository")

    invalid = fails(HfHubHTTPError, api.model_info, "some/model", token="wrong")
    assert invalid.response.status_code == 401 and not isinstance(invalid, RepositoryNotFoundError), invalid
    check("an invalid token, on a public repository")

    tell("limit 1")
    requests()
    start = time.monotonic()
    assert len(list(api.list_repo_tree("some/model"))) > 0
    assert time.monotonic() - start >= 2
    check("a rate limit of 1 s is waited for 2 s")

    # The other way: a cache that textune filled.
    with tempfile.TemporaryDirectory() as other:
        mine = textune("model", "some/model", HF_HOME=other)
        folder = str(Path(other) / "hub")
        offline = snapshot_download("some/model", cache_dir=folder, local_files_only=True)
        assert hashes(offline) == mine["hashes"] == python
        requests()
        assert snapshot_download("some/model", cache_dir=folder) == offline
        assert not [r for r in requests() if "/resolve" in r["path"] or "xet-bridge" in r["path"]]
        (tree,) = Path(other).rglob("trees/*.json")
        (same,) = [path for path in Path(cache.name).rglob("trees/*.json") if path.name == tree.name and "some--model" in str(path)]
        assert json.loads(tree.read_text()) == json.loads(same.read_text())
        check("what textune cached Python reads, offline, and asks for nothing more; the listings are the same")
finally:
    server.stdin.close()
    server.wait()
    cache.cleanup()
print(f"huggingface_hub {huggingface_hub.__version__}, Python {sys.version.split()[0]}")
