/** Preact, its hooks and htm: the one place that knows where the page's view library lies. */
export {
  createContext,
  html,
  render,
  useCallback,
  useContext,
  useEffect,
  useLayoutEffect,
  useRef,
  useState,
} from "../vendor/standalone.module.js";
