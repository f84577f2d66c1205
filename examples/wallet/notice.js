// @ts-check
import { html } from "./html.js";
import { messageOf } from "./messages.js";

/**
 * Tells of a problem, or that something was done. Its place is always there, so that screen readers hear what appears.
 *
 * @param {{ problem?: unknown, done?: string | undefined, children?: unknown }} props
 */
export function Notice({ problem, done, children }) {
  return html`
    <div class="notices">
      <div role="status">${done && html`<p class="notice done">${done}</p>`}</div>
      <div role="alert">${problem !== undefined && html`<${ProblemText} problem=${problem} />`}</div>
      ${children}
    </div>
  `;
}

/** @param {{ problem: unknown }} props */
function ProblemText({ problem }) {
  const { text, link, details, request_id } = messageOf(problem);
  return html`
    <div class="notice problem">
      <p>${text} ${link && html`<a href=${link.href}>${link.label}</a>`}</p>
      ${details.map((detail) => html`<p>${detail}</p>`)}
      ${request_id && html`<p class="request">Request ${request_id}</p>`}
    </div>
  `;
}
