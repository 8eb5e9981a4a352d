"""Secrets: the forms in which well-known services give out keys, and how people write them down."""

from __future__ import annotations

from pidgin_cli.filters.redaction.checks import is_credentials, is_drawn, is_mixed, is_password
from pidgin_cli.filters.redaction.kind import Kind, token

_BORDER = r"(?:\b|_)"
_WORD = "[A-Za-z0-9_-]"
_GAP = r"""["'\]]{0,2}[ \t]*(?::=|=>|==?|:|,)[ \t]*["'\[]{0,2}"""
_KEY_TEXT = r"(?:[A-Za-z0-9+/=\s:,\\>|*\"']|-[A-Za-z0-9])"
_KEY_NAME = r"(?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?"
_SECRET_NAME = (
    "passw(?:or)?d|passwd|pwd|passphrase|secret|token|credential|authorization"
    "|(?:api|app|access|account|auth|private|encryption|signing|master|license|session|shared)"
    "[ _.-]?key|session[ _.-]?id"
)
_NAMED = rf"(?i:(?:{_SECRET_NAME})[a-z0-9_.-]{{0,32}}{_GAP}(?:(?:bearer|basic|token|ssws)[ ]+)?)"
_NAMES = ("pass", "pwd", "secret", "token", "credential", "authorization", "key", "session")

MODEL_SERVICES = (
    token("anthropic", "sk-ant-", _WORD + "{20,}", before=_BORDER),
    token("openrouter", "sk-or-", _WORD + "{20,}", before=_BORDER),
    token("openai", "sk-", _WORD + "{20,}", before=_BORDER, holds=is_mixed),
    token("xai", "xai-", "[A-Za-z0-9]{40,}"),
    token("google", "AIza", _WORD + "{35}"),
    token("google_oauth", "(?:ya29\\.|GOCSPX-|1//0)", _WORD + "{20,}", "ya29.", "gocspx-", "1//0"),
    token("groq", "gsk_", "[A-Za-z0-9]{40,}"),
    token("perplexity", "pplx-", "[A-Za-z0-9]{40,}"),
    token("replicate", "r8_", "[A-Za-z0-9]{37,}"),
    token("huggingface", "(?:hf|api_org)_", "[A-Za-z0-9]{30,}", "hf_", "api_org_"),
    token("nvidia", "nvapi-", _WORD + "{40,}"),
    token("langsmith", "lsv2_(?:pt|sk)_", "[a-f0-9]{32}_[a-f0-9]{10}", "lsv2_"),
    token("tavily", "tvly-", _WORD + "{20,}", holds=is_mixed),
    token("pinecone", "pcsk_", "[A-Za-z0-9_]{40,}"),
)

CLOUDS = (
    token(
        "aws_access_key",
        "(?:AKIA|ASIA|ABIA|ACCA|AGPA|AIDA|AROA|AIPA|ANPA|ANVA)",
        "[A-Z0-9]{16}",
        *("akia", "asia", "abia", "acca", "agpa", "aida", "aroa", "aipa", "anpa", "anva"),
    ),
    Kind(
        "aws_secret_key",
        r"(?:^|[^A-Za-z0-9/+])(?P<secret>[A-Za-z0-9/+]{40})(?:$|[^A-Za-z0-9/+])",
        near="(?:^|[^A-Za-z0-9/+])[A-Za-z0-9/+]{40}(?:$|[^A-Za-z0-9/+])",
        holds=is_drawn,
    ),
    Kind(
        "azure_account_key",
        r"(?i:(?:Account|SharedAccess)Key=)(?P<secret>[A-Za-z0-9+/]{40,}={0,2})",
        ("accountkey=", "sharedaccesskey="),
    ),
    Kind(
        "azure_signature",
        r"[?&;]sig=(?P<secret>[A-Za-z0-9%+/]{40,}={0,2})",
        ("sig=",),
    ),
    token("azure_client_secret", "[A-Za-z0-9_~.-]{3}[78]Q~", "[A-Za-z0-9_~.-]{31,34}", "q~"),
    token("azure_openai", "[A-Za-z0-9]{52}JQQJ99", "[A-Za-z0-9]{20,26}", "jqqj99"),
    Kind(
        "google_key_id",
        rf"private_key_id{_GAP}(?P<secret>[0-9a-f]{{40}})",
        ("private_key_id",),
    ),
    token("digitalocean", "do[opr]_v1_", "[a-f0-9]{64}", "_v1_"),
    token("heroku", "HRKU-", _WORD + "{36,}"),
    Kind(
        "heroku_uuid",
        rf"(?i:heroku[a-z0-9_ .-]{{0,24}}){_GAP}"
        r"(?P<secret>[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12})",
        ("heroku",),
    ),
    Kind(
        "cloudflare",
        rf"(?i:(?:cloudflare|\bcf)[a-z0-9_ .-]{{0,24}}){_GAP}(?P<secret>{_WORD}{{37,45}})",
        ("cloudflare", "cf"),
        near=r"(?i:cloudflare|cf_)",
        holds=is_mixed,
    ),
    token("cloudflare_origin", r"v1\.0-", "[a-f0-9]{24}-[a-f0-9]{100,}", "v1.0-"),
    Kind(
        "datadog",
        rf"(?i:(?:datadog|\bdd)[a-z0-9_ .-]{{0,24}}){_GAP}"
        r"(?P<secret>[a-f0-9]{32}(?:[a-f0-9]{8})?)",
        ("datadog", "dd"),
        near=r"(?i:datadog|dd[_-])",
    ),
    token("databricks", "dapi", "[a-f0-9]{32}(?:-[0-9])?"),
    token("vault", "hv[sbr]\\.", _WORD + "{24,}", "hvs.", "hvb.", "hvr."),
    token("terraform", r"[A-Za-z0-9]{14}\.atlasv1\.", _WORD + "{60,}", "atlasv1"),
    token("planetscale", "pscale_(?:tkn|pw|oauth)_", "[A-Za-z0-9_.-]{32,}", "pscale_"),
    token("supabase", "(?:sbp_|sb_secret_)", "[A-Za-z0-9_-]{20,}", "sbp_", "sb_secret_"),
    token("netlify", "nfp_", "[A-Za-z0-9]{36,}"),
    token("fly", "(?:FlyV1 )?fm[12][a-z]?_", "[A-Za-z0-9+/=_,-]{40,}", "fm1", "fm2"),
)

CODE_AND_PACKAGES = (
    token("github", "gh[pousr]_", "[A-Za-z0-9]{30,}", "ghp_", "gho_", "ghu_", "ghs_", "ghr_"),
    token("github_pat", "github_pat_", "[A-Za-z0-9_]{40,}"),
    token("gitlab", "gl(?:pat|dt|rt|cbt|ptt|ft|imt|agent|soat|ffct)-", _WORD + "{20,}", "gl"),
    token("npm", "npm_", "[A-Za-z0-9]{36}"),
    token("pypi", "pypi-", _WORD + "{50,}"),
    token("rubygems", "rubygems_", "[a-f0-9]{48}"),
    token("crates", "cio[A-Za-z0-9]{24}", "[A-Za-z0-9]{8}", "cio", before=r"\b", holds=is_mixed),
    token("docker", "dckr_(?:pat|oat)_", _WORD + "{20,}", "dckr_"),
    token("postman", "PMAK-", "[a-f0-9]{24}-[a-f0-9]{34}"),
    token("sentry", "sntry[su]_", "[A-Za-z0-9+/=_-]{40,}", "sntry"),
    token("newrelic", "NRAK-", "[A-Z0-9]{27}"),
    token("grafana", "gl(?:sa|c)_", "[A-Za-z0-9+/=_]{32,}", "glsa_", "glc_"),
    token("doppler", r"dp\.(?:pt|st|ct|sa|scim|audit)\.", r"[A-Za-z0-9_.-]{40,}", "dp."),
    token("age", "AGE-SECRET-KEY-1", "[A-Z0-9]{58}"),
)

MESSAGES_AND_OFFICES = (
    token("slack", r"(?:xox[a-z](?:\.[a-z]+)?|xapp)-", "[A-Za-z0-9-]{10,}", "xox", "xapp-"),
    token(
        "slack_webhook",
        r"hooks\.slack\.com/(?:services|workflows|triggers)/",
        "[A-Za-z0-9/_+-]{20,}",
        "hooks.slack.com",
    ),
    token(
        "discord",
        "[MNO][A-Za-z0-9_-]{23,27}\\.",
        rf"{_WORD}{{6,7}}\.{_WORD}{{27,}}",
        ".",
    ),
    token(
        "discord_webhook",
        r"discord(?:app)?\.com/api/webhooks/",
        "[0-9]{5,}/[A-Za-z0-9_-]{20,}",
        "/api/webhooks/",
    ),
    token("telegram", "[0-9]{8,10}:", _WORD + "{35}", ":", before=r"\b"),
    token("twilio", "(?:AC|SK)[0-9a-f]{8}", r"[0-9a-f]{24}\b", "ac", "sk", before=_BORDER),
    token("sendgrid", r"SG\.", rf"{_WORD}{{16,}}\.{_WORD}{{16,}}", "sg."),
    token("mailgun", "key-[0-9a-f]{8}", r"[0-9a-f]{24}\b", "key-", before=_BORDER),
    token("mailchimp", "[0-9a-f]{32}-us", r"[0-9]{1,2}\b", "-us"),
    token("brevo", "xkeysib-", _WORD + "{60,}"),
    token("notion", "(?:secret|ntn)_", "[A-Za-z0-9]{40,}", "secret_", "ntn_"),
    token("linear", "lin_(?:api|oauth)_", "[A-Za-z0-9]{32,}", "lin_"),
    token("airtable", r"pat[A-Za-z0-9]{14}\.", "[a-f0-9]{64}", "pat"),
    token("atlassian", "AT(?:ATT|CTT|STT|BB)[A-Za-z0-9]{4}", "[A-Za-z0-9_=-]{20,}", "at"),
    token("figma", "figd_", _WORD + "{40,}"),
    token("dropbox", rf"sl\.{_WORD}{{24}}", _WORD + "{76,}", "sl.", before=r"\b"),
)

MONEY = (
    token("stripe", "(?:sk|rk|pk)_(?:live|test)_", "[A-Za-z0-9]{10,}", "_live_", "_test_"),
    token("stripe_webhook", "whsec_", "[A-Za-z0-9+/=]{20,}"),
    token("shopify", "shp(?:at|ca|pa|ss)_", "[a-fA-F0-9]{32}", "shp"),
    token("square", "sq0[a-z]{3}-", _WORD + "{22,}", "sq0"),
    token("square_or_meta", "EAA[A-Za-z0-9_-]{24}", "[A-Za-z0-9_-]{36,}", "eaa", holds=is_mixed),
)

FORMS = (
    Kind(
        "private_key",
        rf"-----BEGIN {_KEY_NAME}-----"
        rf"(?:{_KEY_TEXT}*-{{0,5}}-----END {_KEY_NAME}-----"
        r"|(?:(?:\s|\\[nrt]|[>|*\"' ])*[A-Za-z0-9+/=]{16,})*"
        r"(?:(?:\s|\\[nrt]|[>|*\"' ])*[A-Za-z0-9+/]+={1,2})?)",
        ("-----begin",),
        near="-----BEGIN",
    ),
    Kind(
        "putty_private_key",
        r"Private-Lines: [0-9]+(?:\s+[A-Za-z0-9+/=]{16,})+(?:\s+[A-Za-z0-9+/]+={1,2})?",
        ("private-lines:",),
    ),
    token("jwt", "eyJ", rf"{_WORD}{{10,}}(?:\.{_WORD}{{4,}}){{1,4}}", holds=is_mixed),
    Kind(
        "bearer",
        r"(?i:\bbearer)[\s:=\"']{1,4}(?P<secret>[A-Za-z0-9._~+/-]{12,}=*)",
        ("bearer",),
        holds=is_mixed,
    ),
    Kind(
        "basic",
        r"(?i:\bbasic)\s+(?P<secret>[A-Za-z0-9+/]{6,}={0,2})",
        ("basic",),
        near="(?i:basic[ \t])",
        holds=is_credentials,
    ),
    Kind(
        "url_credentials",
        r"[A-Za-z][A-Za-z0-9+.-]*://[^\s/:@\"'<>]*:[^\s/\"'<>]*@[^\s\"'<>`]*",
        ("://",),
    ),
    Kind(
        "quoted_assignment",
        rf"{_NAMED}(?P<secret>[^\s\"'`]{{6,}})[\"'`]",
        _NAMES,
        near=rf"(?i:(?:{_SECRET_NAME})[a-z0-9_.-]{{0,32}}[\"'\]]{{0,2}}[ \t]*[:=,])",
        holds=is_password,
    ),
    Kind(
        "assignment",
        rf"{_NAMED}(?P<secret>[^\s\"'`,;<>(){{}}\[\]]{{6,}})",
        _NAMES,
        near=rf"(?i:(?:{_SECRET_NAME})[a-z0-9_.-]{{0,32}}[\"'\]]{{0,2}}[ \t]*[:=,])",
        holds=is_password,
    ),
    Kind(
        "told_password",
        r"(?i:\b(?:password|passwd|passphrase|passcode|api key|secret key|token)"
        r"(?:\s+(?:for|to|of)(?:\s+\S{1,32}){1,4})?\s+(?:is|was)[\s:]+)[\"'`]?"
        r"(?P<secret>[^\s\"'`,;<>(){}\[\]]{6,})",
        ("pass", "api key", "secret key", "token"),
        near=r"(?i:(?:password|passwd|passphrase|passcode|api key|secret key|token)\s)",
        holds=is_password,
    ),
)

SECRETS = (*MODEL_SERVICES, *CLOUDS, *CODE_AND_PACKAGES, *MESSAGES_AND_OFFICES, *MONEY, *FORMS)
