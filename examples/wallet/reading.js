// @ts-check
import { useApp } from "./context.js";
import { useEffect, useState } from "./html.js";

/**
 * What a page reads of the service, read again when one of `causes` changes. The last data stay while newer are asked
 * for, and when those do not come; of two answers under way the later asked counts.
 *
 * @template Data
 * @param {() => Promise<Data>} read
 * @param {unknown[]} causes
 * @returns {{ data?: Data, problem?: unknown, is_reading: boolean, again: () => void }}
 */
export function useReading(read, causes) {
  const { session } = useApp();
  const [state, setState] = useState(
    /** @type {{ data?: Data, problem?: unknown, is_reading: boolean }} */ ({
      is_reading: true,
    }),
  );
  const [tries, setTries] = useState(0);

  useEffect(() => {
    let is_current = true;
    setState((/** @type {any} */ state) => ({ ...state, is_reading: true }));
    session.run(read).then(
      (data) => is_current && setState({ data, is_reading: false }),
      (problem) => is_current && setState((/** @type {any} */ { data }) => ({ data, problem, is_reading: false })),
    );
    return () => {
      is_current = false;
    };
  }, [...causes, tries]);
  return { ...state, again: () => setTries((/** @type {number} */ count) => count + 1) };
}
