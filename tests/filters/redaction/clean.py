"""Clean messages: what people and models write with nothing private in it, however odd it looks."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from random import Random

from tests.filters.redaction.planted import grown

TALK = r"""
Hello! How are you today?
That is a fascinating perspective. I had never thought of convergence in that way.
I'd say the answer is 42, but let me explain why.
Thank you so much! 🙏✨ This has been a wonderful conversation. 💫
🤔🤷‍♀️ hmm… not sure — maybe 50/50?
👨‍👩‍👧‍👦 family first! 🏳️‍🌈
Let's meet on 2024-03-15 at 10:30, or on 16/03/2024 at 14:00–15:30.
The years 1914–1918 and 1939–1945 changed everything; by 1989-11-09 it was over.
It cost $1,234,567.89, which is €1.134.567,12 or ¥182,000,000.
Call it what you like; the phone rang 3 times and nobody answered.
Pick a number between 1 and 1000000. I pick 777777.
The password is the thing that everyone forgets.
My secret? Patience. My token of thanks? A smile.
The key is to keep going: secret agents, token gestures and bearer bonds are another matter.
Authorization is not authentication; basic knowledge of both helps.
Basic Auth sends credentials in clear, so use TLS.
A bearer token is like cash: whoever holds it can spend it.
In chess, 1. e4 e5 2. Nf3 Nc6 3. Bb5 a6 4. Ba4 Nf6 5. O-O Be7 is the Ruy Lopez.
The score was 3-2 (25-23, 21-25, 25-19, 22-25, 15-13).
Room 415, floor 3, building 7: be there at 9.
The flight LH 1234 leaves gate B42 at 06:55, seat 23F, row 23.
The recipe: 250 g flour, 3 eggs, 0.5 l milk, 1/2 tsp salt; bake 20-25 min at 180 °C.
Population 8,336,817 (2020), area 783.8 km2, density 10,636/km2.
ISBN 978-3-16-148410-0 and ISBN 0-306-40615-2 are both on my shelf.
See chapter 12.3.4, figure 7.2, table 10.1.2 and appendix A.1.
He ran 100 m in 9.58 s, 200 m in 19.19 s; 42.195 km is a marathon.
DNA: ATGGCCATTGTAATGGGCCGCTGAAAGGGTGCCCGATAG, 39 bases.
Pi is 3.14159265358979323846264338327950288419716939937510.
e = 2.718281828459045 and phi = 1.618033988749895
The first primes: 2 3 5 7 11 13 17 19 23 29 31 37 41 43 47 53 59 61 67 71
1000 2000 3000 4000 5000 6000 7000 8000 9000
1234567890123456 is not a card, and 0000 0000 0000 0000 is none either.
Take 12 34 56 78 90 12 as six numbers and sort them.
The order number is 4500012345 and the invoice is 2024-000123.
Tracking: 1Z999AA10123456784. Ticket #20240315-0042.
Postcodes: 10115 Berlin, 75001 Paris, SW1A 1AA London, 100-0001 Tokyo, 94105-1234 San Francisco.
VAT ID DE123456789? No idea, ask accounting.
Coordinates: 52.5200° N, 13.4050° E; elevation 34 m.
Tune to 101.5 FM or 1.8432 MHz. Reverb at -12.5 dB.
It is -40 °C and -40 °F. +5 more and we thaw. +10 +20 +30.
Roses are red, violets are blue; sugar is sweet, and so are you.
@alice and @bob said hi; use @decorator and #hashtag2024.
Meet me @ the corner of 5th @ 9pm. cost @ 3.50 each.
me/you, and/or, input/output, 24/7, w/o, n/a, 10/10
It's 5 o'clock somewhere; rock 'n' roll; the '90s; 'tis.
Wow!!! Really??? No way... OK, fine :-) ;-) :P <3 ^_^ ¯\_(ツ)_/¯
AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAH! Hahahahahahahahahahahahahaha.
Supercalifragilisticexpialidocious and Pneumonoultramicroscopicsilicovolcanoconiosis
state-of-the-art task-management-system-for-distributed-teams, risk-averse-long-term-planning
""".strip().splitlines()

LANGUAGES = r"""
你好，世界！今天天气很好，我们去公园散步吧。
这个问题的答案是 42，不过让我解释一下原因。
密码学很有趣：公钥和私钥成对出现。
２０２４年３月１５日（金）、東京で会いましょう。
今日はいい天気ですね。「はい、そうですね」と彼は言った。
안녕하세요! 오늘 날씨가 정말 좋네요.
Привет! Как дела? Сегодня 15 марта 2024 года.
Καλημέρα! Τι κάνεις σήμερα;
שלום! מה שלומך היום?
مرحبا! كيف حالك اليوم؟
नमस्ते! आज मौसम बहुत अच्छा है।
สวัสดีครับ วันนี้อากาศดีมาก
Übrigens: Die Straße ist schön, aber naß; größer wäre 100.000 €.
¿Qué tal? ¡Muy bien! El niño comió piñas mañana y tarde.
C'est la vie… « très bien », dit-elle : 1 234 567,89 €.
Zażółć gęślą jaźń. Příliš žluťoučký kůň úpěl ďábelské ódy.
Tôi yêu Việt Nam. Đường phố rất đông.
İstanbul'da ığdır çayı; şöyle böyle.
ﬁne ﬂuent ligatures, ½ cup, x² + y² = z², H₂O, ™ and ©
""".strip().splitlines()

MATHS = r"""
Let f(x) = 3x^2 + 2x - 1; then f'(x) = 6x + 2 and f(2) = 15.
\frac{a}{b} + \sqrt{x^2 + y^2} = \sum_{i=0}^{n} \binom{n}{i} \alpha^i \beta^{n-i}
\begin{align} \nabla \cdot \mathbf{E} &= \frac{\rho}{\varepsilon_0} \\ \nabla &= 0 \end{align}
$\mathbb{E}[X] = \int_{-\infty}^{\infty} x f(x)\,dx$ and $\Pr(A \mid B)$
∀ε>0 ∃δ>0: |x−a|<δ ⇒ |f(x)−f(a)|<ε
2^64 = 18446744073709551616; 2^128 = 340282366920938463463374607431768211456
50! = 30414093201713378043612608166064768844377641568960512000000000000
0.1 + 0.2 = 0.30000000000000004; 1e-10, 6.02214076e23, 1.602e-19 C
If p = 0.05 and n = 1000, the 95 % interval is [0.0365, 0.0635].
0xDEADBEEF, 0b1010_1100, 0o755, 1_000_000
x ≡ 3 (mod 7), gcd(48, 36) = 12, 97 % 13 = 6, 50%25 = 0
Matrix [[1, 2, 3], [4, 5, 6], [7, 8, 9]] has determinant 0.
""".strip().splitlines()

CODE = [
    "def token_count(text: str) -> int:\n    return len(text.split())  # tokens = words here",
    "for i in range(10):\n    print(f'{i:>3}: {i**2:>6}')",
    "password = getpass.getpass('Password: ')\nif not check(password): raise ValueError",
    "api_key = os.environ['OPENAI_API_KEY']\nclient = OpenAI(api_key=api_key)",
    'api_key = os.getenv("ANTHROPIC_API_KEY", "")',
    "const token = await getToken(user);\nif (!token) throw new Error('no token');",
    "export OPENAI_API_KEY=your-api-key-here",
    "password: ${DB_PASSWORD}\nsecret: ${{ secrets.GITHUB_TOKEN }}",
    "PASSWORD=<your password>\nAPI_KEY=xxxxxxxxxxxxxxxx\nTOKEN=***",
    "max_tokens: 4096, token_limit=128000, tokens_per_minute = 90000",
    "struct Token { kind: TokenKind, span: Span }\nlet token: Token = lexer.next_token();",
    "tokens = tokenizer.encode(text, add_special_tokens=False)",
    "SELECT id, password_hash FROM users WHERE token = ? AND key_id = ? LIMIT 10;",
    "std::vector<std::string> names; std::map<int, std::unique_ptr<Node>> nodes;",
    "u8::from_str_radix(s, 16)?; f64::EPSILON; Ordering::SeqCst; a::b::c",
    "public static final long serialVersionUID = 6529685098267757690L;",
    '#include <stdio.h>\nint main(void) { printf("%d%%\\n", 42); return 0; }',
    "git commit -m 'fix: handle None' && git push origin main",
    "git checkout {h7} && git cherry-pick {h40}",
    "commit {h40}\nAuthor: somebody\nDate:   Fri Mar 15 10:30:00 2024 +0100",
    "index {h7}..{h7} 100644\n--- a/src/main.py\n+++ b/src/main.py\n@@ -12,7 +12,9 @@ def main():",
    "Merge pull request #{d4} from fork/feature-branch-{d3}",
    "sha256:{h64}",
    "md5 {h32}  README.md\nsha1 {h40}  setup.py",
    "id: {h8}-{h4}-4{h3}-a{h3}-{h12}",
    '{"id":"{h8}-{h4}-4{h3}-b{h3}-{h12}","status":"ok","count":{d3}}',
    "pip install numpy==1.26.4 torch==2.2.1 google-re2==1.1.20240702",
    "npm install react@18.2.0 lodash@4.17.21 @types/node@20.11.5",
    "python 3.12.2, node v20.11.1, gcc 13.2.0, kernel 6.8.0-31, chrome 122.0.6261.94",
    "version 1.2.3.4 replaces version 1.2.3.3; build 10.0.19045.4046; v2.0.0.1",
    "docker run -p 8080:80 --rm -it nginx:1.25.4-alpine sh -c 'echo ok'",
    "curl localhost:8000/health && curl http-server:9090/metrics",
    "ls -la /usr/local/bin /etc/hosts /var/log/syslog /tmp/build-{d4}",
    "cd ~/projects && make -j8 CFLAGS='-O2 -Wall'",
    "C:\\Program Files\\Python312\\python.exe -m pytest tests\\test_main.py",
    "sed -e 's/foo/bar/g' -e '/^#/d' config.ini > out.ini",
    "grep -rn 'TODO' --include='*.py' src/ | wc -l",
    "regex: ^\\d{{3}}-\\w+\\s*$ and [A-Za-z0-9._-]+\\.(?:png|jpe?g)$",
    "x = [1, 2, 3]; y = {'a': 1, 'b': [None, True]}; z = (x, y)",
    "interface Props { userName: string; isActive?: boolean; onChange: (v: number) => void }",
    "getElementsByClassName, XMLHttpRequest2, encodeURIComponent, Base64UrlSafeEncoder",
    "CamelCaseFactoryBeanPostProcessorConfigurationImpl extends AbstractSingletonProxyBean",
    "MAX_RETRIES_BEFORE_FAILURE = 5\nDEFAULT_TIMEOUT_SECONDS = 30.0",
    '<div class="flex items-center px-4 py-2 text-sm"><span>Hello &amp; welcome</span></div>',
    ".btn-primary:hover {{ background: #3b82f6; color: #fff; margin: 0 12px 4px 8px; }}",
    "key: value\nlist:\n  - one\n  - two\nnested:\n  flag: true",
    "kubectl get pods -n default\nweb-7d4b9c6f5-x2x9z   1/1   Running   0   3d",
    "| model | score | tokens |\n|---|---|---|\n| a-1 | 0.71 | 12,345 |\n| b-2 | 0.69 | 9,876 |",
    "- [x] write tests\n- [ ] fix #123\n1. first\n2. second",
    "assert response.status_code == 200, response.json()['error']['message']",
    "session_id = None; auth_key = config.auth_key; secret = load_secret(name)",
    "the key: value pair; token: str; password: string | null; secret: bytes = b''",
    "primary_key=True, foreign_key='users.id', key_id=12345, cache_key=cache_key",
    "UPDATE t SET n = n + 1 WHERE ts BETWEEN 1709251200 AND 1711929599;",
    "\x1b[32mPASSED\x1b[0m tests/test_api.py::test_get [ 42%]",
    "Blob: {a20} is {d2} % of it.",
    "chmod 0644 file; umask 022; kill -9 {d5}; sleep 0.25",
    "AA:BB:CC:DD:EE:{d2} is a hardware address; 12:34:56 is a time.",
    "event 9f2c41d07be35a68-{d6} of experiment exp_{h12}",
    '{"v":1,"type":"turn.completed","turn_number":{d1},"data":{"duration":1.{d3},"tokens":{d3}}}',
    "\\u2603 is a snowman, \\n is a newline, \\t a tab, \\x41 an A and %20 a space",
    "a%20b%2Fc%3Fd=e&f=g%26h",
]

LOGS = [
    "2024-03-15T10:30:00.123456Z INFO request finished status=200 duration_ms={d3}",
    "[2024-03-15 10:30:00,{d3}] WARNING retrying in 2.5 s (attempt 3/5)",
    "Mar 15 10:30:00 host kernel: [{d5}.{d6}] usb 1-1: new high-speed USB device number 4",
    '127.0.0.1 - - [15/Mar/2024:10:30:00 +0100] "GET /index.html HTTP/1.1" 200 {d4}',
    "epoch {d2}/100 - loss: 0.{d4} - accuracy: 0.{d4} - val_loss: 0.{d4} - lr: 1e-4",
    "step {d5}: loss=2.{d5}e-02 grad_norm=1.{d3} tokens/s={d5}",
    "timestamp 17{d8}, 17{d8}.{d6}, 17{d11}",
    "Traceback (most recent call last):\n  File \"/app/a.py\", line {d2}, in f\nKeyError: 'token'",
    "error[E0382]: borrow of moved value: `token`\n  --> src/main.rs:{d2}:{d2}",
    "java.lang.NullPointerException\n\tat com.app.TokenService.getToken(TokenService.java:{d3})",
    "panic: index out of range [5] with length 3\n\ngoroutine 1 [running]:\nmain.main()\n\t0x{h8}",
    "Segmentation fault at 0x00007f{h8} ip 000055{h10} sp 00007ff{h9} error 4",
    "GET /api/v1/items/{h24}?page=2&sort=asc 304 in {d2}ms",
    "trace_id={h32} span_id={h16} sampled=1",
    'etag: W/"{h32}", x-request-id: req_{h24}',
    "HTTP 429: rate limit reached; retry after 12.{d3}s; limit 10000, remaining 0",
    "Downloading model.safetensors: 100%|██████████| 4.98G/4.98G [02:13<00:00, 37.3MB/s]",
    "CPU {d2}.5%  MEM 12.3/32.0 GiB  DISK 45% /dev/sda1  NET 1.2 MB/s",
    "PID {d5} exited with status 137 (SIGKILL) after 00:12:34.{d3}",
    "size 1024x768, offset 0x{h4}, checksum {h8}, blocks {d4}",
    "Build #{d4} (rev {h12}) finished: 1234 passed, 2 failed, 17 skipped in 93.4s",
    "seed={d10} temperature=0.7 top_p=0.95 max_tokens=1024 stop=['\\n\\n']",
]

SOURCES = (*TALK, *LANGUAGES, *MATHS, *CODE, *LOGS)


def clean_messages(seed: int = 7, rounds: int = 3) -> Iterator[str]:
    """Give all of them; those with something drawn in them as often as there are rounds."""
    random = Random(seed)
    for source in SOURCES:
        messages = (grown("clean", source, random).text for _ in range(rounds))
        yield from dict.fromkeys(messages)
    for size in (30, 300, 3000):
        yield f"data:image/png;base64,{base64.b64encode(random.randbytes(size)).decode()}"
        yield f"It hashes to {base64.b64encode(random.randbytes(32)).decode()} in base64."
    yield from (f"{one} {another}" for one, another in zip(TALK, LANGUAGES * 3, strict=False))
    yield from (f"{one}\n\n```\n{another}\n```" for one, another in zip(TALK, CODE, strict=False))
