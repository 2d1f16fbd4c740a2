"""Texts that try to run, to call away, to break a page, a formula or a template."""

HOSTILE = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "</pre></div><svg onload=alert(1)>",
    "[x](javascript:alert(1)) <a href='javascript:alert(1)'>x</a>",
    "![x](http://away.example/x.png)",
    "$\\href{javascript:alert(1)}{x}$",
    '=HYPERLINK("http://away.example")',
    "{{ 7 * 7 }}{% raw %}",
    "%%bash\nrm -rf /",
    "\ud800 \u202e \x00 \x1b[31m",
    "a\xa0b \r\v\x85\u2028 c 'd' \"e\" &#39;",
    "<" * 300,
    "&lt;script&gt;alert(1)&lt;/script&gt;",
)
