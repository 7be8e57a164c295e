// twitter-api-v2, unmodified, against the sandbox at the address in the first argument. It uploads in pieces.
const fs = require("fs");
const http = require("http");
const { TwitterApi } = require("twitter-api-v2");
const take = require("./steps.cjs");

const [url, , file, gif] = process.argv.slice(2);
const keys = { appKey: "sandbox-key", appSecret: "sandbox-secret", accessToken: "sandbox-news_desk", accessSecret: "sandbox-token-secret" };
// A plain agent, and the address in the one place that it has for it.
const v2 = new TwitterApi(keys, { httpAgent: new http.Agent() }).v2;
v2._prefix = `${url}/2/`;
const ids = {};

take({
  me: () => v2.me(),
  upload: async () => (ids.picture = await v2.uploadMedia(fs.readFileSync(file), { media_type: "image/jpeg" }, 5000)),
  described: () => v2.createMediaMetadata(ids.picture, { alt_text: { text: "Hills at dusk" } }),
  "with picture": () => v2.tweet("With a picture", { media: { media_ids: [ids.picture] } }),
  "moving upload": async () => (ids.gif = await v2.uploadMedia(fs.readFileSync(gif), { media_type: "image/gif" })),
  "with moving picture": () => v2.tweet("It moves", { media: { media_ids: [ids.gif] } }),
  thread: () => v2.tweetThread(["First of a thread", "Second of a thread"]),
  timeline: async () => (await v2.userTimeline((await v2.me()).data.id, { "tweet.fields": ["created_at", "entities"] })).tweets,
  one: async () => v2.singleTweet((await v2.userTimeline((await v2.me()).data.id)).tweets[0].id),
  "delete": async () => v2.deleteTweet((await v2.userTimeline((await v2.me()).data.id)).tweets[0].id),
  "bad settings": () => v2.tweet("Hi", { reply_settings: "junk" }),
});
