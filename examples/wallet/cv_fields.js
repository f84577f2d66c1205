// @ts-check
/**
 * A field of the form. `long` is text of several lines, `list` a list of texts, one a line.
 *
 * @typedef {object} Field
 * @property {string} key
 * @property {string} label
 * @property {"text" | "long" | "list"} [type] text unless told
 * @property {string} [hint] an example
 * @property {"email" | "url" | "tel"} [inputmode]
 * @property {string} [autocomplete]
 *
 * A part of the form: the fields of one object, or of each object of a list, whose entries are called `entry`.
 *
 * @typedef {object} Section
 * @property {string} title
 * @property {string[]} path where it lies in the document
 * @property {string} [entry]
 * @property {Field[]} fields
 */

/** @param {string} key @param {string} label @param {Partial<Field>} [more] @returns {Field} */
const field = (key, label, more = {}) => ({ key, label, ...more });

const url = field("url", "Web page", { inputmode: "url", hint: "https://example.com" });
const summary = field("summary", "Summary", { type: "long" });
const period = [
  field("startDate", "From", { hint: "2021-03" }),
  field("endDate", "To", { hint: "empty if it goes on" }),
];
const date = field("date", "Date", { hint: "2021-03-14" });
const highlights = field("highlights", "Highlights, one a line", { type: "list" });
const keywords = field("keywords", "Keywords, one a line", { type: "list" });
const name = field("name", "Name");

/** @type {Section[]} The common fields of JSON Resume (https://jsonresume.org/schema), by which CVs are exchanged. */
export const sections = [
  {
    title: "About you",
    path: ["basics"],
    fields: [
      field("name", "Name", { autocomplete: "name", hint: "Ada Lovelace" }),
      field("label", "Title", { hint: "Analyst", autocomplete: "organization-title" }),
      field("email", "E-mail address", { inputmode: "email", autocomplete: "email" }),
      field("phone", "Phone", { inputmode: "tel", autocomplete: "tel" }),
      { ...url, autocomplete: "url" },
      field("image", "Address of a picture", { inputmode: "url" }),
      summary,
    ],
  },
  {
    title: "Place",
    path: ["basics", "location"],
    fields: [
      field("address", "Street and number", { autocomplete: "street-address" }),
      field("postalCode", "Postal code", { autocomplete: "postal-code" }),
      field("city", "City", { autocomplete: "address-level2" }),
      field("region", "Region", { autocomplete: "address-level1" }),
      field("countryCode", "Country code", { hint: "GB", autocomplete: "country" }),
    ],
  },
  {
    title: "Profiles",
    path: ["basics", "profiles"],
    entry: "profile",
    fields: [field("network", "Network", { hint: "Mastodon" }), field("username", "User name"), url],
  },
  {
    title: "Work",
    path: ["work"],
    entry: "position",
    fields: [
      field("position", "Position"),
      field("name", "Employer"),
      field("location", "Place"),
      url,
      ...period,
      summary,
      highlights,
    ],
  },
  {
    title: "Education",
    path: ["education"],
    entry: "education",
    fields: [
      field("institution", "Institution"),
      field("area", "Subject"),
      field("studyType", "Degree"),
      field("score", "Grade"),
      ...period,
      url,
      field("courses", "Courses, one a line", { type: "list" }),
    ],
  },
  {
    title: "Skills",
    path: ["skills"],
    entry: "skill",
    fields: [name, field("level", "Level", { hint: "Advanced" }), keywords],
  },
  {
    title: "Languages",
    path: ["languages"],
    entry: "language",
    fields: [field("language", "Language"), field("fluency", "Fluency", { hint: "Native speaker" })],
  },
  {
    title: "Projects",
    path: ["projects"],
    entry: "project",
    fields: [name, url, ...period, field("description", "Description", { type: "long" }), highlights, keywords],
  },
  {
    title: "Volunteering",
    path: ["volunteer"],
    entry: "activity",
    fields: [field("organization", "Organization"), field("position", "Position"), ...period, url, summary, highlights],
  },
  {
    title: "Certificates",
    path: ["certificates"],
    entry: "certificate",
    fields: [name, field("issuer", "Issuer"), date, url],
  },
  {
    title: "Awards",
    path: ["awards"],
    entry: "award",
    fields: [field("title", "Title"), field("awarder", "Given by"), date, summary],
  },
  {
    title: "Publications",
    path: ["publications"],
    entry: "publication",
    fields: [name, field("publisher", "Publisher"), field("releaseDate", "Date", { hint: "2021-03-14" }), url, summary],
  },
  {
    title: "Interests",
    path: ["interests"],
    entry: "interest",
    fields: [name, keywords],
  },
  {
    title: "References",
    path: ["references"],
    entry: "reference",
    fields: [name, field("reference", "What they say", { type: "long" })],
  },
];
