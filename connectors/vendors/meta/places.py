"""What people paste for a Page or an Instagram account: Meta wants their numbers, and few addresses show one."""

from connectors.texts.pasted import Site

SITES = {
    "facebook": Site("Facebook", ("facebook.com", "fb.com"), example="1029384756 (the Page's id)"),
    "instagram": Site("Instagram", ("instagram.com", "instagr.am"), example="17841400000000001 (the account's id)"),
}


def address_from(text: str, platform: str) -> str:
    """The number from a page that was pasted; anything else as it is. Raises BadAddress."""
    page = SITES[platform].page(text)
    if page is None:
        return text.strip()
    if page.part(0) == "profile.php":
        number = page.query.get("id", "")
    else:
        number = page.part(2 if page.part(0) in ("pages", "people") else 0)
    if not (number.isascii() and number.isdecimal()):
        raise page.refused()
    return number
