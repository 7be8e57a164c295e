"""The methods and parameters that the Bot API documents and the sandbox does not pretend (Bot API 10.1, June 2026).

https://core.telegram.org/bots/api#available-methods
"""

METHODS = frozenset(
    """
    setWebhook deleteWebhook logOut close forwardMessage forwardMessages copyMessage
    copyMessages sendLivePhoto sendAudio sendDocument sendAnimation sendVoice sendVideoNote
    sendPaidMedia sendLocation sendVenue sendContact sendPoll sendChecklist sendDice
    sendMessageDraft sendChatAction setMessageReaction getUserProfilePhotos getUserProfileAudios
    setUserEmojiStatus getFile banChatMember unbanChatMember restrictChatMember promoteChatMember
    setChatAdministratorCustomTitle setChatMemberTag banChatSenderChat unbanChatSenderChat setChatPermissions
    exportChatInviteLink createChatInviteLink editChatInviteLink createChatSubscriptionInviteLink
    editChatSubscriptionInviteLink revokeChatInviteLink approveChatJoinRequest declineChatJoinRequest
    answerChatJoinRequestQuery sendChatJoinRequestWebApp setChatPhoto deleteChatPhoto setChatTitle
    setChatDescription pinChatMessage unpinChatMessage unpinAllChatMessages leaveChat getChatAdministrators
    getChatMemberCount getUserPersonalChatMessages setChatStickerSet deleteChatStickerSet
    getForumTopicIconStickers createForumTopic editForumTopic closeForumTopic reopenForumTopic deleteForumTopic
    unpinAllForumTopicMessages editGeneralForumTopic closeGeneralForumTopic reopenGeneralForumTopic
    hideGeneralForumTopic unhideGeneralForumTopic unpinAllGeneralForumTopicMessages answerCallbackQuery
    answerGuestQuery getUserChatBoosts getBusinessConnection getManagedBotToken replaceManagedBotToken
    getManagedBotAccessSettings setManagedBotAccessSettings setMyCommands deleteMyCommands getMyCommands
    setMyName getMyName setMyDescription getMyDescription setMyShortDescription getMyShortDescription
    setMyProfilePhoto removeMyProfilePhoto setChatMenuButton getChatMenuButton setMyDefaultAdministratorRights
    getMyDefaultAdministratorRights getAvailableGifts sendGift giftPremiumSubscription verifyUser verifyChat
    removeUserVerification removeChatVerification readBusinessMessage deleteBusinessMessages
    setBusinessAccountName setBusinessAccountUsername setBusinessAccountBio setBusinessAccountProfilePhoto
    removeBusinessAccountProfilePhoto setBusinessAccountGiftSettings getBusinessAccountStarBalance
    transferBusinessAccountStars getBusinessAccountGifts getUserGifts getChatGifts convertGiftToStars
    upgradeGift transferGift postStory repostStory editStory deleteStory answerWebAppQuery
    savePreparedInlineMessage savePreparedKeyboardButton editMessageMedia editMessageLiveLocation
    stopMessageLiveLocation editMessageChecklist editMessageReplyMarkup stopPoll approveSuggestedPost
    declineSuggestedPost deleteMessageReaction deleteAllMessageReactions sendSticker getStickerSet
    getCustomEmojiStickers uploadStickerFile createNewStickerSet addStickerToSet setStickerPositionInSet
    deleteStickerFromSet replaceStickerInSet setStickerEmojiList setStickerKeywords setStickerMaskPosition
    setStickerSetTitle setStickerSetThumbnail setCustomEmojiStickerSetThumbnail deleteStickerSet sendRichMessage
    sendRichMessageDraft answerInlineQuery sendInvoice createInvoiceLink answerShippingQuery
    answerPreCheckoutQuery getMyStarBalance getStarTransactions refundStarPayment editUserStarSubscription
    setPassportDataErrors sendGame setGameScore getGameHighScores
    """.lower().split()
)

#: Of the methods that are pretended.
PARAMETERS = frozenset(
    {
        "direct_messages_topic_id",
        "suggested_post_parameters",
        "inline_message_id",
        "rich_message",
    }
)
