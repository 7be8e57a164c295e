// Computes again what twitter-text makes of the texts in tests/payloads/twitter_text/weights.json; prints what differs.
const fs = require("fs");
const path = require("path");
const twitter = require("twitter-text").default ?? require("twitter-text");

const kept = JSON.parse(fs.readFileSync(path.join(__dirname, "../../payloads/twitter_text/weights.json"), "utf8")).texts;
const fresh = kept.map(([text]) => [text, twitter.parseTweet(text).weightedLength, twitter.extractCashtags(text).length]);
const different = fresh.filter((row, place) => JSON.stringify(row) !== JSON.stringify(kept[place]));
console.log(JSON.stringify({ texts: fresh.length, different }));
