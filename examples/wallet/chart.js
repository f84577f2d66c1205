// @ts-check
import uPlot from "../vendor/uPlot.esm.js";
import { moment, tokenCount } from "./format.js";
import { html, useEffect, useRef, useState } from "./html.js";

const height_px = 220;

/**
 * The balance over time, as steps: a balance holds until the next change.
 *
 * @param {{ points: { time: number, balance: number }[], label: string }} props times in milliseconds, oldest first
 */
export function Chart({ points, label }) {
  const place = useRef(null);
  const [scheme, setScheme] = useState("");
  const [index, setIndex] = useState(/** @type {number | null} */ (null));

  useEffect(() => {
    const dark = matchMedia("(prefers-color-scheme: dark)");
    const follow = () => setScheme(dark.matches ? "dark" : "light");
    dark.addEventListener("change", follow);
    return () => dark.removeEventListener("change", follow);
  }, []);

  useEffect(() => {
    const data = [points.map(({ time }) => time / 1_000), points.map(({ balance }) => balance)];
    const plot = new uPlot(options(place.current, setIndex), data, place.current);
    const observer = new ResizeObserver(([entry]) => {
      plot.setSize({ width: Math.floor(entry.contentRect.width), height: height_px });
    });
    observer.observe(place.current);
    return () => {
      observer.disconnect();
      plot.destroy();
    };
  }, [points, scheme]);

  const shown = points[index ?? points.length - 1];
  return html`
    <figure class="chart">
      <div role="img" aria-label=${label} ref=${place}></div>
      <figcaption aria-hidden="true">
        <strong>${tokenCount(shown.balance)}</strong> ${moment(shown.time)}
      </figcaption>
    </figure>
  `;
}

/**
 * @param {HTMLElement} place
 * @param {(index: number | null) => void} onPoint told which point the pointer is at
 */
function options(place, onPoint) {
  const style = getComputedStyle(place);
  const color = (/** @type {string} */ name) => style.getPropertyValue(name).trim();
  const axis = {
    stroke: color("--chart-text"),
    font: `12px ${style.fontFamily}`,
    grid: { stroke: color("--chart-grid"), width: 1 },
    ticks: { show: false },
  };
  return {
    width: Math.floor(place.getBoundingClientRect().width),
    height: height_px,
    legend: { show: false },
    cursor: { y: false, drag: { x: false, y: false }, points: { size: 8 } },
    scales: {
      y: {
        range: (/** @type {any} */ _, /** @type {number} */ _low, /** @type {number} */ high) => [0, ceiling(high)],
      },
    },
    axes: [
      { ...axis, grid: { show: false }, space: 90 },
      {
        ...axis,
        size: sizeOfAxis,
        values: (/** @type {any} */ _, /** @type {number[]} */ values) => values.map(axisText),
      },
    ],
    series: [{}, {
      stroke: color("--chart-line"),
      fill: color("--chart-fill"),
      width: 2,
      points: { show: false },
      paths: uPlot.paths.stepped({ align: 1 }),
    }],
    hooks: { setCursor: [(/** @type {any} */ plot) => onPoint(plot.cursor.idx ?? null)] },
  };
}

/** Leaves some room above the highest balance. */
function ceiling(/** @type {number} */ high) {
  return Math.max(10, high * 1.1);
}

/** Nothing between whole tokens is named. */
function axisText(/** @type {number} */ value) {
  return Number.isInteger(value) ? new Intl.NumberFormat(undefined, { notation: "compact" }).format(value) : "";
}

function sizeOfAxis(/** @type {any} */ _plot, /** @type {string[] | null} */ values) {
  const longest = Math.max(1, ...(values ?? []).map((value) => value.length));
  return 16 + longest * 8;
}
