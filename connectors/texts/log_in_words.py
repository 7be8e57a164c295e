"""What is said to people whose log-in on a platform takes a wrong turn: what happened, and what to do."""


def gettext_noop(text: str) -> str:
    """Marks a sentence for the translators; who shows it brings the translation."""
    return text


# Any platform
DENIED = gettext_noop(
    "You did not allow everything at %(platform)s. Nothing was changed. Start again and leave all boxes ticked."
)
STATE = gettext_noop("The log-in took too long, or it was begun somewhere else. Nothing was changed. Start again.")
SCOPES = gettext_noop("%(platform)s did not give us the right to %(missing)s. Start again and leave all boxes ticked.")
NOT_TAKEN = gettext_noop("%(platform)s did not take the log-in: %(said)s Nothing was changed. Start again.")
UNREACHABLE = gettext_noop("%(platform)s does not answer at the moment. Nothing was changed. Try again in a minute.")
NO_CODE = gettext_noop("%(platform)s sent you back without a code. Nothing was changed. Start again.")
APP_REFUSED = gettext_noop(
    "%(platform)s does not accept the app's id or secret: check %(settings)s. Nothing was changed."
)
WRONG_BACK = gettext_noop("%(platform)s does not know our address. Enter exactly %(back)s in the app. Nothing changed.")
CODE_USED = gettext_noop("This log-in was used already. Nothing was changed. Start again.")
CODE_OLD = gettext_noop("This log-in is too old by now. Nothing was changed. Start again.")

# Meta
NOT_LIVE = gettext_noop(
    "The app is in development and does not know you: add yourself to it as a tester, or publish it (Live)."
)
NO_PAGES = gettext_noop(
    "Facebook named no Page. Start again, press “Edit settings” in Facebook's dialog and tick the Page that you want."
)
NO_TASK = gettext_noop(
    "Your role on this Page may not publish: somebody who manages the Page must give you the task “Content”."
)
NO_PAGE_TOKEN = gettext_noop(
    "Facebook gives no token for this Page: an administrator of its business portfolio must give you “Content” on it."
)
NOT_PROFESSIONAL = gettext_noop(
    "No professional Instagram account is linked to these Pages: %(pages)s. Switch the Instagram account to "
    "professional, connect it to the Page, then start again."
)
NOT_PROFESSIONAL_ALONE = gettext_noop(
    "This Instagram account is personal, and nothing can be published on one. Switch it to professional in "
    "Instagram's app (free), then start again."
)
UNLINKED = gettext_noop("%(page)s has no professional Instagram account linked to it.")
RIGHTS = {
    "pages_show_list": gettext_noop("see your Pages"),
    "pages_manage_posts": gettext_noop("publish on your Page"),
    "pages_read_engagement": gettext_noop("read what is on your Page"),
    "instagram_basic": gettext_noop("see your Instagram account"),
    "instagram_content_publish": gettext_noop("publish on Instagram"),
    "instagram_business_basic": gettext_noop("see your Instagram account"),
    "instagram_business_content_publish": gettext_noop("publish on Instagram"),
}

# X
READ_ONLY = gettext_noop("publish: switch the app to “Read and write” at X")
PIN_WRONG = gettext_noop("X does not know this PIN. Start again and type the digits that it shows.")

# Telegram
BAD_TOKEN = gettext_noop("This is no bot's token: @BotFather gives one that looks like 123456:ABC-DEF.")
TOKEN_REFUSED = gettext_noop(
    "Telegram does not accept this token. Ask @BotFather for the bot's token and copy all of it."
)
NO_CHATS = gettext_noop(
    "%(bot)s was made an administrator nowhere in the last 24 hours. Add it to your channel as an administrator who "
    "may post, then start again; or type the channel's name too."
)
WEBHOOK = gettext_noop(
    "%(bot)s already serves another program (it has a webhook), so its chats can't be listed. Start again and type the "
    "channel's name too."
)
OTHER_READER = gettext_noop(
    "Another program is reading the messages of %(bot)s at this moment. Stop it, or type the channel's name too."
)
NO_SUCH_CHAT = gettext_noop(
    "%(bot)s does not see %(chat)s. Check the name, add the bot there as an administrator who may post, then try again."
)
NO_RIGHT = gettext_noop("The bot may not post here: make it an administrator with “Post messages”.")
BOT_TOKEN = gettext_noop("The bot's token")
BOT_TOKEN_HELP = gettext_noop("From @BotFather. It is kept encrypted and never shown again.")
CHAT = gettext_noop("Channel or group")
CHAT_HELP = gettext_noop("Only if it is not found by itself: @name, or an id such as -1001234567890.")

# What an operator does once
META_STEPS = (
    gettext_noop("Make an app of type Business at developers.facebook.com and add “Facebook Login for Business”."),
    gettext_noop("Enter the address below under “Valid OAuth Redirect URIs”, exactly as it stands."),
    gettext_noop("Give META_APP_ID and META_APP_SECRET to this site, and start it again."),
    gettext_noop("Whoever logs in has a role in the app, or the app is published (Live)."),
)
INSTAGRAM_STEPS = (
    gettext_noop("Add “Instagram” with business login to a Meta app; it gets an id and a secret of its own."),
    gettext_noop("Enter the address below among the redirect addresses of its business login, exactly as it stands."),
    gettext_noop("Give INSTAGRAM_APP_ID and INSTAGRAM_APP_SECRET to this site, and start it again."),
)
X_STEPS = (
    gettext_noop("Make an app at developer.x.com and set its permission to “Read and write” before anything else."),
    gettext_noop("Enter the address below among its callback addresses, exactly as it stands."),
    gettext_noop("Give its API key and secret to this site as X_API_KEY and X_API_SECRET, and start it again."),
)
TELEGRAM_STEPS = (
    gettext_noop("Write /newbot to @BotFather; it answers with the bot's token."),
    gettext_noop("Add the bot to your channel as an administrator with the right “Post messages”."),
)
APP_WORKS = gettext_noop("The app's id and secret work.")
APP_FAILS = gettext_noop("The app's id and secret are not accepted: %(said)s")
APP_UNASKED = gettext_noop("The app's id and secret could not be tried: the platform does not answer.")
MODE = gettext_noop(
    "Only Meta's own page shows whether the app is published (Live). Until it is, only people with a role in it see "
    "what is posted."
)
BACK_KNOWN = gettext_noop("The app knows our address.")
BACK_UNKNOWN = gettext_noop("The app does not know our address. It offers digits to type in instead.")
