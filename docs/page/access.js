/**
 * What swagger-ui leaves out for people who use a keyboard or a screen reader: names of its fields, levels of its
 * headings, landmarks. tests/browser/access_test.ts holds the page to it.
 */

/** Attributes by selector: a text, or a function of the element. */
const attributes = {
  ".information-container": { role: "region", "aria-label": "About the API" },
  ".scheme-container": { role: "region", "aria-label": "Server and credentials" },
  ".responses-table[role=region]": { "aria-label": ({ id }) => id.replaceAll("_", " ") },
  "#servers": { "aria-label": "Server" },
  ".body-param textarea": { "aria-label": "Request body" },
  "tr[data-param-name] :is(input, select, textarea)": {
    "aria-label": (field) => field.closest("tr").dataset.paramName,
  },
  // Wide ones are scrolled with the keyboard.
  ".opblock-body pre": { tabindex: "0" },
  "h3.opblock-tag, .models > h4, .modal-ux-header > h3": { "aria-level": "2" },
  ".opblock-body h4, .modal-ux-content h4": { "aria-level": "3" },
  ".opblock-body h5": { "aria-level": "4" },
  ".modal-ux": { role: "dialog", "aria-modal": "true", "aria-label": "Credentials" },
  ".close-modal": { "aria-label": "Close" },
  ".auth-btn-wrapper .authorize": {
    "aria-label": (button) => `${button.textContent}: apply or remove the credentials`,
  },
};

/** Completes what swagger-ui draws within `node`, now and whenever it draws anew. */
export function completeAccess(node) {
  const complete = () => {
    for (const [selector, values] of Object.entries(attributes)) {
      for (const element of node.querySelectorAll(selector)) {
        for (const [name, value] of Object.entries(values)) {
          const text = typeof value === "function" ? value(element) : value;
          if (element.getAttribute(name) !== text) element.setAttribute(name, text);
        }
      }
    }
  };
  new MutationObserver(complete).observe(node, { childList: true, subtree: true });
  complete();
}

/** A plugin of swagger-ui: no link inside of the button that opens a route. Opening it changes the address all the same. */
export const noNestedLinks = ({ React }) => ({
  components: { DeepLink: ({ text }) => React.createElement("span", null, text) },
});
