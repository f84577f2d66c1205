/** Somebody who does not exist, and what they did with their wallet in the last days. */
import type { Sql } from "postgres";
import { createTally, type Tally } from "../../client/index.js";
import { publishable_key, secret_key, type Stack } from "../../local/stack.ts";

export interface Person {
  email: string;
  password: string;
  user_id: string;
  /** Calls as this person. */
  tally: Tally;
  /** Where a purchase that they have not paid waits. */
  checkout_url: string;
}

const cv = {
  basics: {
    name: "Nora Lindqvist",
    label: "Product designer",
    email: "nora@example.com",
    phone: "+46 8 123 456",
    url: "https://nora.example",
    summary: "Designs tools that people use at work every day, from the first sketch to the last pixel.",
    location: { city: "Stockholm", countryCode: "SE" },
    profiles: [{ network: "Mastodon", username: "nora", url: "https://social.example/@nora" }],
  },
  work: [
    {
      name: "Fjord Maps",
      position: "Senior product designer",
      location: "Stockholm",
      startDate: "2022-03",
      summary: "Route planning for delivery fleets.",
      highlights: ["Halved the clicks from order to route", "Built the design system with two engineers"],
    },
    { name: "Studio Ek", position: "Interaction designer", startDate: "2018-09", endDate: "2022-02" },
  ],
  education: [{ institution: "Konstfack", area: "Interaction design", studyType: "MFA", endDate: "2018-06" }],
  skills: [{ name: "Prototyping", level: "Expert", keywords: ["Figma", "HTML", "SVG"] }],
  languages: [{ language: "Swedish", fluency: "Native speaker" }, { language: "English", fluency: "Fluent" }],
};

/** Makes the person and their history. `sql` moves each act to its hour: nothing else can write into the past. */
export async function tellStory(stack: Stack, sql: Sql): Promise<Person> {
  const credentials = { email: "nora@example.com", password: "correct horse battery" };
  let access_token = "";
  const tally = createTally({ url: stack.url, publishableKey: publishable_key, getAccessToken: () => access_token });
  const { user, ...session } = await tally.auth.signUp(credentials) as { access_token: string; user: { id: string } };
  access_token = session.access_token;
  const server = createTally({ url: stack.url, secretKey: secret_key });
  const user_id = user.id;

  /** Does something, and has it done so many days ago at an hour of that day. */
  const at = async <T>(days_ago: number, time: string, act: () => Promise<T>): Promise<T> => {
    const result = await act();
    const day = new Date(Date.now() - days_ago * 86_400_000).toISOString().slice(0, 10);
    await moveNew(sql, user_id, `${day}T${time}Z`);
    return result;
  };
  const buy = async (pack_id: string) => await tally.payments.checkout({ pack_id });
  const press = async (checkout_url: string, action: string) => {
    const response = await fetch(checkout_url, { method: "POST", body: new URLSearchParams({ action }) });
    await response.body?.cancel();
  };
  const spend = (amount: number, reference: string) => () => tally.tokens.deduct({ amount, reference });

  await tally.profile.save({ profile_data: cv });
  const first = await at(6, "08:12:40", async () => {
    const purchase = await buy("small");
    await press(purchase.checkout_url, "pay");
    return purchase;
  });
  await at(6, "08:20:11", spend(12, "CV as a PDF"));
  await at(6, "15:47:02", spend(25, "Translation into English"));
  const hold = await at(5, "09:05:30", () => tally.tokens.hold({ amount: 40, reference: "Portrait, four drafts" }));
  await at(5, "09:09:54", () => tally.tokens.capture({ id: hold.id, amount: 28 }));
  await at(4, "11:30:00", spend(15, "Letter to Fjord Maps"));
  await at(4, "17:02:19", () => press(first.checkout_url, "refund_half"));
  await at(3, "07:58:45", async () => await press((await buy("medium")).checkout_url, "pay"));
  await at(3, "10:14:08", spend(60, "Translation into German"));
  const twice = await at(2, "13:21:36", spend(35, "Website from the CV"));
  await at(2, "13:21:41", spend(35, "Website from the CV"));
  await at(
    2,
    "16:40:12",
    () => server.tokens.reverse({ user_id, id: twice.transaction_id, reason: "charged twice", actor: "maria" }),
  );
  await at(1, "09:33:27", spend(48, "Interview practice, an hour"));
  await at(1, "18:05:03", spend(12, "CV as a PDF"));
  await tally.tokens.hold({ amount: 80, ttl_seconds: 7_200, reference: "Portfolio, twelve pages" });
  return { ...credentials, user_id, tally, checkout_url: (await buy("large")).checkout_url };
}

/** Moves what was written in the last act to a time of its own; triggers keep everybody else from that. */
async function moveNew(sql: Sql, user_id: string, time: string) {
  const begin = "now() - interval '1 hour'";
  await sql.begin(async (tx) => {
    await tx.unsafe("set local session_replication_role = replica");
    for (
      const [table, columns] of [
        ["token_transactions", ["created_at"]],
        ["token_holds", ["created_at", "settled_at"]],
        ["purchases", ["created_at", "updated_at"]],
      ] as const
    ) {
      for (const column of columns) {
        await tx.unsafe(
          `update public.${table} set ${column} = $2 where user_id = $1 and ${column} > ${begin}`,
          [user_id, time],
        );
      }
    }
  });
}
