"""What the demonstration publishes: ten items as varied as a real day's, and the four places they go to."""

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
    "Kami mengumpulkan catatan 1.240 putaran dari tiga malam terakhir dan membandingkannya dengan minggu lalu."
    " Hasilnya: jendela antara pukul tujuh dan sembilan malam tetap yang paling ramai, dan pola A-B-A muncul "
    "dua kali lebih sering daripada pola lain. Itu bukan ramalan. Angka RTP adalah rata-rata jangka panjang, "
    "jadi satu malam bisa saja jauh di atas atau di bawahnya. Yang bisa dibaca dari data hanyalah kapan orang "
    "lain paling banyak bermain, dan di gim mana. Selengkapnya, dengan tabel per jam dan cara kami "
    "menghitungnya, ada di tautan. "
) * 3


#: Ingest bodies; a picture is named as the sandbox serves it, and a time counts from now.
_ITEMS: list[dict] = [
    {
        "title": "Gates of Olympus: jam ramai malam ini",
        "summary": "RTP naik ke 97,2 % menjelang pukul tujuh. Jendela terbaik dua jam, lalu turun pelan-pelan.",
        "link": "https://example.com/gates-of-olympus?ref=desk",
        "image_url": "photo.jpg",
        "data": {
            "game": "Gates of Olympus",
            "rtp": 97.2,
            "window": "19:00-21:00",
            "pattern": "A-B-A",
            "jam": "19:00",
        },
        "hashtags": ["GatesOfOlympus", "JamRamai"],
    },
    {
        "title": "Sweet Bonanza 🍭 is warming up",
        "summary": "Short sessions, big colours: the afternoon window opens at three.",
        "link": "https://example.com/sweet-bonanza",
        "image_url": "wide.jpg",
        "data": {"game": "Sweet Bonanza", "rtp": 96.5, "window": "15:00-17:00", "jam": "15:00"},
        "hashtags": ["SweetBonanza"],
    },
    {
        "title": "Laporan mingguan: tiga gim, tiga pola",
        "summary": _LONG,
        "link": "https://example.com/laporan/minggu-47?utm_campaign=mingguan#tabel",
        "image_url": "portrait.jpg",
        "hashtags": ["Laporan", "Data"],
    },
    {
        "title": "Quick note",
        "link": "https://example.com/notes/42",
        "data": {"game": "Starlight Princess", "rtp": 96.5},
    },
    {
        "title": "Mahjong Ways 2: pola baru sejak pembaruan",
        "summary": "Sejak pembaruan hari Senin pola B-A-B lebih sering terlihat. Kami ikuti sampai akhir pekan.",
        "link": "https://example.com/mahjong-ways-2",
        "data": {
            "game": "Mahjong Ways 2",
            "rtp": 96.95,
            "window": "20:00-22:00",
            "pattern": "B-A-B",
            "jam": "20:30",
        },
        "hashtags": ["MahjongWays2"],
    },
    {
        "title": "Rise & shine: <morning> edition “Wild West Gold”",
        "summary": "Ampersands & angle brackets < > travel safely; so do “quotes” and ümläuts.",
        "link": "https://example.com/wild-west-gold?a=1&b=2",
        "image_url": "photo.png",
        "data": {"game": "Wild West Gold", "rtp": 96.51, "window": "07:00-09:00"},
    },
    {
        "title": "👨‍👩‍👧‍👦 Malam keluarga: lima gim santai 🎲✨",
        "summary": "Untuk yang cuma ingin bersenang-senang: putaran pelan, taruhan kecil, banyak tawa. 🙌🏽",
        "link": "https://example.com/santai",
        "image_url": "photo.webp",
        "hashtags": ["Santai", "MalamKeluarga"],
    },
    {
        "title": "Starlight Princess ✨ pukul sembilan",
        "summary": "Malam ini giliran sang putri. RTP 96,5 % dan jendela satu jam saja.",
        "link": "https://example.com/starlight-princess",
        "data": {"game": "Starlight Princess", "rtp": 96.5, "window": "21:00-22:00", "jam": "21:00"},
    },
    {
        "title": "How we count: the numbers behind every post",
        "summary": "Where the figures come from, how often they are refreshed, and what they can't tell you.",
        "link": "https://example.com/how-we-count",
        "image_url": "panorama.jpg",
    },
    {
        "title": "Terjadwal: Sugar Rush beberapa detik lagi ⏱️",
        "summary": "Yang ini dijadwalkan, dan keluar tepat pada waktunya.",
        "link": "https://example.com/sugar-rush",
        "image_url": "photo.jpg",
        "data": {"game": "Sugar Rush", "rtp": 96.5, "window": "22:00-23:00", "jam": "22:00"},
        "publish_at": timedelta(seconds=15),
    },
]


def items(pictures: str, now: datetime) -> list[dict]:
    """Ten ingest bodies. ``pictures`` is the address under which the sandbox serves its sample pictures."""
    bodies = [dict(body) for body in _ITEMS]
    for body in bodies:
        if "image_url" in body:
            body["image_url"] = f"{pictures}/{body['image_url']}"
        if "publish_at" in body:
            body["publish_at"] = (now + body["publish_at"]).isoformat()
    return bodies
