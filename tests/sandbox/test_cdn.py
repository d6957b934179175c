"""Attachments and avatars: bounded, harmless to a browser, and never a path."""

import base64
import struct

import pytest

from sandbox import Sandbox
from sandbox.cdn import flat_png
from sandbox.errors import ApiError
from sandbox.forms.messages import UploadedFile
from sandbox.posts.files import FileStore, content_type, image_size, safe_filename
from tests.sandbox.support import Api


async def upload(api: Api, general: int, filename: str, data: bytes = b"data") -> str:
    _, message = await api.act(
        "message",
        user="owner",
        channel=general,
        files=[{"filename": filename, "base64": base64.b64encode(data).decode()}],
    )
    return str(message["attachments"][0]["url"])


@pytest.mark.parametrize(
    ("filename", "kind", "download"),
    [
        ("a.png", "image/png", False),
        ("a.txt", "text/plain; charset=utf-8", False),
        ("a.html", "application/octet-stream", True),
        ("a.svg", "application/octet-stream", True),
        ("noend", "application/octet-stream", True),
    ],
)
async def test_a_browser_is_never_given_anything_to_run(
    api: Api, general: int, filename: str, kind: str, download: bool
) -> None:
    url = await upload(api, general, filename)

    async with api.session.get(url) as response:
        headers = response.headers
        assert await response.read() == b"data"

    assert headers["Content-Type"] == kind
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in headers["Content-Security-Policy"]
    assert ("Content-Disposition" in headers) is download


@pytest.mark.parametrize(
    "path",
    [
        "attachments/1/2/a.png",
        "attachments/x/y/a.png",
        "attachments/1/2/..%2f..%2fetc%2fpasswd",
        "embed/avatars/6.png",
        "avatars/1/x.png",
    ],
)
async def test_what_is_not_there_is_404(api: Api, path: str) -> None:
    async with api.session.get(f"{api.sandbox.cdn_url}/{path}") as response:
        assert response.status == 404


async def test_an_attachment_answers_to_its_own_name_only(api: Api, general: int) -> None:
    url = await upload(api, general, "a.png")

    async with api.session.get(url.replace("a.png", "a.html")) as response:
        assert response.status == 404


async def test_a_deleted_messages_files_are_gone(api: Api, sandbox: Sandbox, general: int) -> None:
    url = await upload(api, general, "a.png")
    channel = sandbox.engine.world.find_channel(general)
    assert channel is not None
    await sandbox.act.delete(user="owner", message=next(iter(channel.messages)))

    async with api.session.get(url) as response:
        assert response.status == 404


def test_the_store_is_bounded_by_bytes_and_drops_the_oldest() -> None:
    ids = iter(range(1, 100))
    store = FileStore(lambda: next(ids), max_bytes=100)

    kept = [
        store.put(1, UploadedFile(0, "a.txt", bytes(40)), description=None, embedded=False) for _ in range(3)
    ]

    found = [store.get(1, attachment.id, "a.txt") is not None for attachment in kept]
    assert found == [False, True, True]
    store.drop(1, kept)
    assert store._total_bytes == 0


def test_a_file_over_ten_mebibytes_is_refused() -> None:
    store = FileStore(lambda: 1)

    with pytest.raises(ApiError) as refused:
        store.put(1, UploadedFile(0, "a", bytes(10 * 1024 * 1024 + 1)), description=None, embedded=False)

    assert refused.value.status == 413


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("report.txt", "report.txt"),
        ("../../etc/passwd", "passwd"),
        ("C:\\windows\\system.ini", "system.ini"),
        ("..", "unknown"),
        ("", "unknown"),
        ("a b\r\nc.txt", "a_b_c.txt"),
        ("x" * 200 + ".png", "x" * 96 + ".png"),
    ],
)
def test_a_name_is_reduced_to_harmless_characters(given: str, kept: str) -> None:
    assert safe_filename(given) == kept


def test_a_content_type_depends_on_the_end_of_the_name_alone() -> None:
    assert content_type("A.PNG") == "image/png"
    assert content_type("png") == "image/png"


def test_image_sizes_are_read_from_the_first_bytes() -> None:
    gif = b"GIF89a" + struct.pack("<HH", 7, 9)

    assert image_size(flat_png(0xFF0000, 5)) == (5, 5)
    assert image_size(gif) == (7, 9)
    assert image_size(b"\x89PNG\r\n\x1a\n") is None
    assert image_size(b"plain") is None


async def test_a_default_avatar_is_a_real_png(api: Api) -> None:
    async with api.session.get(f"{api.sandbox.cdn_url}/embed/avatars/3.png") as response:
        assert response.headers["Content-Type"] == "image/png"
        assert image_size(await response.read()) == (64, 64)
