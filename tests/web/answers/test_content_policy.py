from web.answers.headers import page_policy


def test_by_default_a_page_may_load_only_own_images() -> None:
    assert page_policy() == (
        "default-src 'none'; img-src 'self' data:; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )


def test_inline_parts_are_allowed_by_hash() -> None:
    policy = page_policy(styles=(b"a{}", b"b{}"), scripts=(b"alert(1)",), connects=True)
    directives = dict(directive.split(" ", 1) for directive in policy.split("; "))
    # echo -n 'alert(1)' | openssl dgst -sha256 -binary | openssl base64
    assert directives["script-src"] == "'sha256-bhHHL3z2vDgxUt0W3dWQOrprscmda2Y5pLsLg4GF+pI='"
    assert directives["style-src"].count("'sha256-") == 2
    assert directives["connect-src"] == "'self'"
    assert "unsafe" not in policy
