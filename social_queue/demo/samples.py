"""What the demonstration publishes: a dozen items as varied as a real day's, and the four places they go to."""

from datetime import datetime, timedelta

#: (platform, address, slug, name, credentials) that the sandbox accepts.
ACCOUNTS = [
    ("facebook", "1029384756", "fb-kabar", "Kabar Main", {"access_token": "sandbox-page-token"}),
    ("instagram", "17841400001234567", "ig-kabar", "kabar.main", {"access_token": "sandbox-ig-token"}),
    ("telegram", "@kabar_main", "tg-kabar", "Kabar Main", {"bot_token": "4242:sandbox-bot"}),
    (
        "twitter",
        "kabarmain",
        "x-kabar",
        "Kabar Main",
        {
            "api_key": "sandbox-key",
            "api_secret": "sandbox-secret",
            "access_token": "sandbox-kabarmain",
            "access_token_secret": "sandbox-token-secret",
        },
    ),
]

_LONG = (
    "Kami mengumpulkan catatan 1.240 perjalanan dari tiga pekan terakhir dan membandingkannya dengan bulan lalu."
    " Hasilnya: jam antara pukul tujuh dan sembilan pagi tetap yang paling padat, dan kereta pukul tujuh lewat "
    "dua kali lebih sering penuh daripada yang lain. Itu bukan ramalan. Angka rata-rata adalah hitungan jangka "
    "panjang, jadi satu pagi bisa saja jauh di atas atau di bawahnya. Yang bisa dibaca dari data hanyalah kapan "
    "orang lain paling banyak bepergian, dan ke arah mana. Selengkapnya, dengan tabel per jam dan cara kami "
    "menghitungnya, ada di tautan. "
) * 3


#: Ingest bodies: news, weather, sport and one game. A picture is named as the sandbox serves it, and a time counts from
#: now.
_ITEMS: list[dict] = [
    {
        "title": "Jembatan pelabuhan dibuka kembali hari ini",
        "summary": "Setelah dua tahun perbaikan, jalur pejalan kaki dan sepeda dibuka lebih dulu; mobil Senin.",
        "link": "https://example.com/jembatan-pelabuhan?ref=desk",
        "image_url": "photo.jpg",
        "hashtags": ["Jembatan", "KabarKota"],
    },
    {
        "title": "Rain 🌧️ in the west, sun in the east",
        "summary": "The front stays until three; after that only the hills keep their clouds.",
        "link": "https://example.com/weather/today",
        "image_url": "wide.jpg",
        "hashtags": ["Weather"],
    },
    {
        "title": "Laporan pekanan: kapan kereta paling padat",
        "summary": _LONG,
        "link": "https://example.com/laporan/minggu-47?utm_campaign=mingguan#tabel",
        "image_url": "portrait.jpg",
        "hashtags": ["Laporan", "Data"],
    },
    {
        "title": "Quick note",
        "link": "https://example.com/notes/42",
    },
    {
        "title": "Derbi berakhir 2–2 lewat gol menit terakhir",
        "summary": "Tuan rumah unggul dua kali, tamu menyamakan dua kali. Semua gol dan nilai pemain ada di tautan.",
        "link": "https://example.com/derbi",
        "hashtags": ["Derbi"],
    },
    {
        "title": "Rise & shine: <morning> edition “Five things”",
        "summary": "Ampersands & angle brackets < > travel safely; so do “quotes” and ümläuts.",
        "link": "https://example.com/five-things?a=1&b=2",
        "image_url": "photo.png",
    },
    {
        "title": "👨‍👩‍👧‍👦 Malam keluarga: lima taman yang buka sampai malam 🌳✨",
        "summary": "Untuk yang ingin berjalan santai setelah makan malam: lampu cukup, jalan rata, banyak bangku. 🙌🏽",
        "link": "https://example.com/taman",
        "image_url": "photo.webp",
        "hashtags": ["Santai", "MalamKeluarga"],
    },
    {
        "title": "Puzzle Harbour ✨ ronde malam pukul delapan",
        "summary": "Satu jam, satu papan, semua pemain sekaligus.",
        "link": "https://example.com/puzzle-harbour",
        "data": {
            "game": "Puzzle Harbour",
            "rtp": 96.5,
            "window": "20:00-21:00",
            "pattern": "A-B-A",
            "jam": "20:00",
        },
        "hashtags": ["PuzzleHarbour"],
        "ai": {"generated": True, "tool": "demo writer"},
    },
    {
        "title": "How we count: the numbers behind every post",
        "summary": "Where the figures come from, how often they are refreshed, and what they can't tell you.",
        "link": "https://example.com/how-we-count",
        "image_url": "panorama.jpg",
        "follow_ups": [
            {"text": "First: a figure without its source is no figure. {link}"},
            {"text": "Second: what is older than a day says so beside it."},
            {"text": "Third: tell us what you miss, the best questions get an answer here."},
        ],
    },
    {
        "title": "Tiga sudut kota dalam satu album",
        "summary": "Pelabuhan, lapangan dan bukit, difoto pada pagi yang sama.",
        "link": "https://example.com/tiga-sudut",
        "media": [
            {"url": "photo.jpg", "alt": "Pelabuhan pada pagi hari"},
            {"url": "portrait.jpg", "alt": "Menara di tepi lapangan"},
            {"url": "wide.jpg", "alt": "Bukit di utara kota"},
        ],
    },
    {
        "title": "Video: jembatan dibuka, dilihat dari sungai",
        "summary": "Dua belas detik tanpa suara.",
        "link": "https://example.com/video-jembatan",
        "media": [{"url": "film.mp4", "alt": "Jembatan yang bergeser perlahan"}],
    },
    {
        "title": "Terjadwal: ringkasan pagi beberapa detik lagi ⏱️",
        "summary": "Yang ini dijadwalkan, dan keluar tepat pada waktunya.",
        "link": "https://example.com/ringkasan-pagi",
        "image_url": "photo.jpg",
        "publish_at": timedelta(seconds=15),
    },
]


def items(pictures: str, now: datetime) -> list[dict]:
    """A dozen ingest bodies. ``pictures`` is the address under which the sandbox serves its sample pictures."""
    bodies = [dict(body) for body in _ITEMS]
    for body in bodies:
        if "image_url" in body:
            body["image_url"] = f"{pictures}/{body['image_url']}"
        if "media" in body:
            body["media"] = [medium | {"url": f"{pictures}/{medium['url']}"} for medium in body["media"]]
        if "publish_at" in body:
            body["publish_at"] = (now + body["publish_at"]).isoformat()
    return bodies
