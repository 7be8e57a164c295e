// The client that openapi-typescript and openapi-fetch make of our description uses every operation:
// URL KEY SECRET FAILED. `schema.d.ts` is made just before; what is wrong with a type is an error of tsc.
import { createHmac } from "node:crypto";
import createClient from "openapi-fetch";
import type { components, paths } from "./schema.js";

const [url, key, secret, failed] = process.argv.slice(2) as [string, string, string, string];
const client = createClient<paths>({ baseUrl: url, headers: { Authorization: `Bearer ${key}` } });
const told: Record<string, [number, unknown][]> = {};

type Incoming = components["schemas"]["Incoming"];
const good: Incoming = {
  title: "Gates of Olympus",
  link: "https://example.com/p",
  channels: ["fb-page"],
  publish_at: "2036-01-01T10:00:00Z",
};

// One black dot.
const picture =
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==";

/** Keeps what was answered; what went well is given back with its type, anything else ends the program. */
function note<T>(name: string, answer: { data?: T; error?: unknown; response: Response }): T {
  (told[name] ??= []).push([answer.response.status, answer.data ?? answer.error ?? null]);
  return answer.data as T;
}

const row = (id: number) => ({ params: { path: { id } } });

async function push(): Promise<number> {
  const once = { params: { header: { "Idempotency-Key": "one-ts" } }, body: { ...good, reference: "first-ts" } };
  const made = note("ingest", await client.POST("/api/autopost/ingest", once));
  note("ingest", await client.POST("/api/autopost/ingest", once));
  const several = note("ingest", await client.POST("/api/autopost/ingest", { body: [good, { ...good, title: "" }] }));
  if (several && "results" in several) {
    const places: number[] = several.results.map((one) => one.index);
    if (places.length !== 2) throw new Error("an array has an answer for each of its items");
  }
  const refused = await client.POST("/api/autopost/ingest", { body: { ...good, link: "no" } });
  note("ingest", refused);
  const codes: components["schemas"]["FieldCode"][] | undefined = refused.error?.error.codes.link;
  if (codes?.[0] !== "bad_address") throw new Error("a refusal has its codes");
  const repeat = { rrule: "FREQ=DAILY;COUNT=3" };
  note("ingest", await client.POST("/api/autopost/ingest", { body: { ...good, repeat } }));
  note("preview", await client.POST("/api/autopost/preview", { body: good }));
  const kept = note(
    "upload",
    await client.POST("/api/autopost/media", {
      body: { file: picture },
      bodySerializer: () => {
        const form = new FormData();
        form.set("file", new Blob([Buffer.from(picture, "base64")], { type: "image/png" }), "a.png");
        return form;
      },
    }),
  );
  const media = [{ upload: kept!.id, alt: "A dot" }];
  note("ingest", await client.POST("/api/autopost/ingest", { body: { ...good, media } }));
  note("cards", await client.POST("/api/autopost/cards", { body: { title: "Gates" } }));
  if (!made || !("posts" in made)) throw new Error("nothing was queued");
  return made.id;
}

async function look(made: number): Promise<void> {
  const one = { params: { query: { reference: "first-ts", page_size: 1 } } };
  note("items", await client.GET("/api/autopost/queue", one));
  const item = note("item", await client.GET("/api/autopost/queue/{id}", row(made)));
  note("posts", await client.GET("/api/autopost/posts", { params: { query: { item: made } } }));
  note("post", await client.GET("/api/autopost/posts/{id}", row(item!.posts[0]!.id)));
  note("post", await client.GET("/api/autopost/posts/{id}", row(999_999)));
  note("events", await client.GET("/api/autopost/events", { params: { query: { after: 0 } } }));
  note("accounts", await client.GET("/api/autopost/accounts"));
  note("account", await client.GET("/api/autopost/accounts/{slug}", { params: { path: { slug: "fb-page" } } }));
  note("slots", await client.GET("/api/autopost/slots", { params: { query: { n: 2 } } }));
  note("click_report", await client.GET("/api/autopost/reports/clicks", { params: { query: { by: "day" } } }));
}

async function change(made: number): Promise<void> {
  const body = { title: "New", callback_url: null, captions: { "fb-page": "At seven: {link}" } };
  note("edit", await client.PATCH("/api/autopost/queue/{id}", { ...row(made), body }));
  const item = await client.GET("/api/autopost/queue/{id}", row(made));
  const words = { ...row(item.data!.posts[0]!.id), body: { caption: "The gates open at eight: {link}" } };
  note("correct_post", await client.PATCH("/api/autopost/posts/{id}", words));
  note("cancel", await client.POST("/api/autopost/queue/{id}/cancel", row(made)));
  note("retry", await client.POST("/api/autopost/queue/{id}/retry", row(Number(failed))));
  note("retry", await client.POST("/api/autopost/queue/{id}/retry", row(made)));
  const list = note("series_list", await client.GET("/api/autopost/series"));
  const id = list!.results[0]!.id;
  note("series", await client.GET("/api/autopost/series/{id}", row(id)));
  note("series_cancel", await client.POST("/api/autopost/series/{id}/cancel", row(id)));
}

async function takeBack(made: number): Promise<void> {
  const asked = note("recall", await client.POST("/api/autopost/queue/{id}/recall", row(made)));
  note("recall_post", await client.POST("/api/autopost/posts/{id}/recall", row(asked!.posts[0]!.id)));
}

async function subscriptions(): Promise<void> {
  const body: components["schemas"]["SubscriptionOrder"] = {
    url: "https://93.184.215.14/hooks",
    events: ["post.published"],
  };
  const made = note("subscribe", await client.POST("/api/autopost/subscriptions", { body }));
  note("subscriptions", await client.GET("/api/autopost/subscriptions"));
  note("subscription", await client.GET("/api/autopost/subscriptions/{id}", row(made!.id)));
  note("resume", await client.POST("/api/autopost/subscriptions/{id}/resume", row(made!.id)));
  note("rotate", await client.POST("/api/autopost/subscriptions/{id}/rotate", row(made!.id)));
  note("unsubscribe", await client.DELETE("/api/autopost/subscriptions/{id}", row(made!.id)));
}

async function deliver(): Promise<void> {
  const id = "msg-ts";
  const moment = String(Math.floor(Date.now() / 1000));
  const signed = `${id}.${moment}.${JSON.stringify(good)}`;
  const bytes = Buffer.from(secret.replace("whsec_", ""), "base64");
  const signature = `v1,${createHmac("sha256", bytes).update(signed).digest("base64")}`;
  const sent = {
    params: { path: { source: "gen" }, header: { "webhook-id": id, "webhook-timestamp": moment } },
    headers: { "webhook-signature": signature },
    body: { ...good } as Record<string, unknown>,
  };
  note("webhook", await client.POST("/api/autopost/webhook/{source}", sent));
  note("webhook", await client.POST("/api/autopost/webhook/{source}", sent));
}

const made = await push();
await look(made);
await change(made);
await takeBack(made);
await subscriptions();
await deliver();
console.log(JSON.stringify(told));
