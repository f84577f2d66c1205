// @ts-check
/**
 * Hands a text to the person as a file.
 *
 * @param {string} name
 * @param {string} text
 * @param {string} media_type
 */
export function download(name, text, media_type) {
  const address = URL.createObjectURL(new Blob([text], { type: media_type }));
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  // The browser has begun to read it by then.
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}
