// @ts-check
import { useApp } from "./context.js";
import { isOpenEnded } from "./attempts.js";
import { html, useCallback, useRef, useState } from "./html.js";

/**
 * What became of an action.
 *
 * @typedef {object} ActionState
 * @property {boolean} is_busy
 * @property {unknown} [problem]
 * @property {any} [answer]
 */

/**
 * Something that a button does and the page waits for. A second click while it is under way does nothing.
 *
 * @template {any[]} Input, Answer
 * @param {(...input: Input) => Promise<Answer>} act
 */
export function useAction(act) {
  const [state, setState] = useState(/** @type {ActionState} */ ({ is_busy: false }));
  // The state is drawn later than the second click of a double click comes.
  const is_busy = useRef(false);
  const latest = useRef(act);
  latest.current = act;

  const run = useCallback(async (/** @type {Input} */ ...input) => {
    if (is_busy.current) return undefined;
    is_busy.current = true;
    setState({ is_busy: true });
    try {
      const answer = await latest.current(...input);
      setState({ is_busy: false, answer });
      return answer;
    } catch (problem) {
      setState({ is_busy: false, problem });
      return undefined;
    } finally {
      is_busy.current = false;
    }
  }, []);
  const clear = useCallback(() => setState({ is_busy: false }), []);
  return { ...state, run, clear };
}

/**
 * A write of tokens that has one effect, however often it is sent: its key is kept in the tab until the service has
 * said what became of it. `open` is the attempt of which that is not known, after a lost answer or a reload.
 *
 * @template Answer
 * @param {string} name of the attempt
 * @param {(input: any, options: { idempotencyKey: string }) => Promise<Answer>} send
 */
export function useWrite(name, send) {
  const { attempts, session } = useApp();
  const [open, setOpen] = useState(() => attempts.read(name));

  const action = useAction(async (/** @type {Record<string, any>} */ input) => {
    const attempt = attempts.begin(name, input);
    try {
      const answer = await session.run(() => send(attempt.input, { idempotencyKey: attempt.key }));
      attempts.end(name);
      setOpen(undefined);
      return answer;
    } catch (problem) {
      if (!isOpenEnded(problem)) attempts.end(name);
      setOpen(attempts.read(name));
      throw problem;
    }
  });

  return {
    ...action,
    open,
    finish: () => action.run(/** @type {any} */ (attempts.read(name)?.input)),
    forget() {
      attempts.end(name);
      setOpen(undefined);
      action.clear();
    },
  };
}

/**
 * Asks what to do about a write of which it is not known whether it was done.
 *
 * @param {{ write: ReturnType<typeof useWrite>, what: string }} props
 */
export function OpenAttempt({ write, what }) {
  return html`
    <div class="notice open" role="group" aria-label="Not finished">
      <p>
        It is not known whether ${what} was done. Finish it: if it was done already, it does not count a second time.
      </p>
      <div class="buttons">
        <button type="button" aria-busy=${write.is_busy} onClick=${write.finish}>Finish it</button>
        <button type="button" class="secondary outline" disabled=${write.is_busy} onClick=${write.forget}>
          Leave it
        </button>
      </div>
    </div>
  `;
}
