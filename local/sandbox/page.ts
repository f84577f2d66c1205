/** What a buyer sees of a purchase. */
export interface PageContent {
  purchase: { purchase_id: string; amount_minor: number; currency: string };
  /** What the books say of it; undefined where they do not know it. */
  booked: { pack_id: string; tokens: number; status: string; granted: number } | undefined;
  /** The page that the buyer came from. */
  back: string | undefined;
  /** What came of the button that was pressed: a sentence, and what was said word for word. */
  result?: { text: string; is_fine: boolean; verbatim?: string };
}

/** The buttons of the page, by what they do. */
export const button_groups = [
  {
    title: "Pay",
    style: "pay",
    buttons: { pay: "Pay", pay_later: "Pay later, told twice", pay_untold: "Pay, lose the webhook" },
  },
  { title: "Refuse", style: "refuse", buttons: { decline: "Decline" } },
  {
    title: "After the payment",
    style: "after",
    buttons: {
      refund_half: "Refund half",
      refund: "Refund",
      dispute: "Dispute",
      win: "Win the dispute",
      lose: "Lose the dispute",
    },
  },
] as const;

type Buttons<Group> = Group extends { buttons: infer B } ? keyof B : never;
export type Action = Buttons<typeof button_groups[number]>;

const style = `
  :root { color-scheme: light dark }
  * { box-sizing: border-box }
  body { font: 1rem/1.5 system-ui, sans-serif; max-width: 26rem; margin: 0 auto; padding: 1rem; overflow-wrap: anywhere }
  .sandbox { background: #fd6; color: #000; padding: .2rem .6rem; border-radius: .3rem }
  h1 { margin: .5rem 0 0 }
  small { opacity: .75 }
  fieldset { border: 0; margin: 1rem 0 0; padding: 0; display: grid; gap: .5rem }
  legend { padding: 0; font-weight: 600; margin-bottom: .25rem }
  button { font: inherit; width: 100%; padding: .6rem .8rem; border: 1px solid; border-radius: .4rem; cursor: pointer }
  .pay button { background: #176f3d; border-color: #176f3d; color: #fff }
  .refuse button { background: transparent; border-color: #c22b2b; color: inherit }
  .after { grid-template-columns: 1fr 1fr }
  .after legend { grid-column: 1 / -1 }
  .after button { background: transparent; border-color: #888; color: inherit }
  [role=status] { border-left: .3rem solid #176f3d; padding: .1rem .8rem; margin: 1rem 0 }
  [role=status].trouble { border-color: #c22b2b }
  pre { white-space: pre-wrap; font-size: .8rem }
`;

/** The checkout page: works without scripts, and on a narrow screen. */
export function checkoutPage({ purchase, booked, back, result }: PageContent): Response {
  const what = booked === undefined
    ? "a purchase that the books do not know"
    : `pack “${escape(booked.pack_id)}”, ${booked.tokens.toLocaleString("en")} tokens`;
  const state = booked === undefined
    ? ""
    : `<p>Status: <strong>${escape(booked.status)}</strong>, ${
      booked.granted.toLocaleString("en")
    } tokens credited</p>`;
  const way_back = back === undefined
    ? "<p><small>This page was opened by itself: close it to go back.</small></p>"
    : `<p><a href="${escape(back)}">← Back to where you came from</a></p>`;
  const html = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Sandbox checkout</title>
<link rel="icon" href="/docs/icon.svg">
<style>${style}</style>
<main>
<p><strong class="sandbox">Sandbox: no money moves here</strong></p>
<h1>${priceText(purchase)}</h1>
<p>for ${what}<br><small>purchase ${escape(purchase.purchase_id)}</small></p>
${state}
${result === undefined ? "" : resultText(result) + way_back}
<form method="post">
${back === undefined ? "" : `  <input type="hidden" name="back" value="${escape(back)}">`}
${button_groups.map(groupText).join("\n")}
</form>
${result === undefined ? way_back : ""}
</main>
</html>
`;
  return new Response(html, { headers: { "content-type": "text/html; charset=utf-8" } });
}

/** A price in the smallest unit of its currency, which not everywhere is a hundredth. */
export function priceText({ amount_minor, currency }: { amount_minor: number; currency: string }): string {
  const format = new Intl.NumberFormat("en", { style: "currency", currency });
  return format.format(amount_minor / 10 ** (format.resolvedOptions().maximumFractionDigits ?? 2));
}

function groupText({ title, style, buttons }: typeof button_groups[number]): string {
  const lines = Object.entries(buttons).map(([action, label]) =>
    `    <button name="action" value="${action}">${label}</button>`
  );
  return `  <fieldset class="${style}"><legend>${title}</legend>\n${lines.join("\n")}\n  </fieldset>`;
}

function resultText({ text, is_fine, verbatim }: NonNullable<PageContent["result"]>): string {
  const details = verbatim === undefined
    ? ""
    : `<details><summary>word for word</summary><pre>${escape(verbatim)}</pre></details>`;
  return `<div role="status"${is_fine ? "" : ' class="trouble"'}><p>${escape(text)}</p>${details}</div>`;
}

function escape(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");
}
