// grammY, unmodified, against the sandbox at the address in the first argument. It sends uploads in chunks.
const { Api, InputFile } = require("grammy");
const take = require("./steps.cjs");

const [url, picture, file] = process.argv.slice(2);
const api = new Api("4242:sandbox-bot", { apiRoot: url });
const chat = "@news_desk";

take({
  me: () => api.getMe(),
  member: () => api.getChatMember(chat, 4242),
  text: () => api.sendMessage(chat, "<b>Olympus</b>", { parse_mode: "HTML" }),
  "by address": () => api.sendPhoto(chat, picture),
  upload: () => api.sendPhoto(chat, new InputFile(file, "olympus.jpg"), { caption: "Uploaded" }),
  "not pretended": () => api.sendDice(chat, "🎲"),
});
