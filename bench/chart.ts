/** Charts as SVG: no script, no outside font, and colours that follow the reader's light or dark scheme. */
import { rateOf, ratioOf } from "./rounds.ts";
import type { Comparison } from "./rounds.ts";
import type { Growth } from "./section.ts";

const style = `
  text { font: 13px system-ui, sans-serif; fill: #1f2328; }
  .quiet { fill: #59636e; }
  .bar { fill: #0969da; }
  .control { fill: #8c959f; }
  .range, .axis { stroke: #59636e; stroke-width: 1; }
  .grid { stroke: #d1d9e0; stroke-width: 1; }
  .line { fill: none; stroke-width: 2; }
  @media (prefers-color-scheme: dark) {
    text { fill: #f0f6fc; }
    .quiet { fill: #9198a1; }
    .bar { fill: #4493f8; }
    .control { fill: #656c76; }
    .range, .axis { stroke: #9198a1; }
    .grid { stroke: #3d444d; }
  }`;
/** Told apart on both grounds, and by people who see fewer colours. */
const line_colours = ["#0969da", "#bc4c00", "#1a7f37", "#8250df", "#bf3989", "#9a6700", "#1b7c83", "#656c76"];

const width = 760;
const row_height = 28;

/** Bars of what each contestant did per second, with its range, and its ratio to the control. */
export function barChart(comparison: Comparison, unit: string): string {
  const left = 250;
  const right = 150;
  const rows = comparison.names.flatMap((name) => {
    const rate = rateOf(comparison, name);
    const ratio = ratioOf(comparison, name, comparison.control);
    return rate === undefined || ratio === undefined ? [] : [{ name, rate, ratio }];
  });
  const most = Math.max(...rows.map(({ rate }) => rate.max), 1);
  const x = (value: number) => left + value / most * (width - left - right);
  const bars = rows.map(({ name, rate, ratio }, index) => {
    const y = 34 + index * row_height;
    const middle = y + 9;
    const kind = name === comparison.control ? "control" : "bar";
    return `
  <text x="${left - 10}" y="${middle + 4}" text-anchor="end">${escape(name)}</text>
  <rect class="${kind}" x="${left}" y="${y}" width="${round(x(rate.median) - left)}" height="18" rx="2"/>
  <line class="range" x1="${round(x(rate.min))}" x2="${round(x(rate.max))}" y1="${middle}" y2="${middle}"/>
  <text x="${round(x(rate.max) + 8)}" y="${middle + 4}">${formatRate(rate.median)}` +
      `<tspan class="quiet">  × ${ratio.median.toFixed(2)}</tspan></text>`;
  });
  return svg(34 + rows.length * row_height + 8, comparison.title, `${unit}, × the control's`, bars.join(""));
}

/** Lines of how long each operation takes as something grows, on logarithmic axes. */
export function lineChart({ title, of, sizes, lines }: Growth): string {
  const [left, right, top, bottom] = [64, 270, 44, 40];
  const height = 360;
  const known = lines.flatMap(({ ms }) => ms.filter((value) => value !== undefined));
  const lowest = Math.floor(Math.log10(Math.max(Math.min(...known), 0.001)));
  const highest = Math.max(Math.ceil(Math.log10(Math.max(...known, 0.001))), lowest + 1);
  const smallest = Math.log10(sizes[0]!);
  const largest = Math.max(Math.log10(sizes.at(-1)!), smallest + 0.1);
  const x = (size: number) => left + (Math.log10(size) - smallest) / (largest - smallest) * (width - left - right);
  const y = (ms: number) =>
    height - bottom - (Math.log10(Math.max(ms, 0.001)) - lowest) / (highest - lowest) * (height - top - bottom);
  const grid = Array.from({ length: highest - lowest + 1 }, (_, index) => 10 ** (lowest + index)).map((ms) => `
  <line class="grid" x1="${left}" x2="${width - right}" y1="${round(y(ms))}" y2="${round(y(ms))}"/>
  <text class="quiet" x="${left - 8}" y="${round(y(ms) + 4)}" text-anchor="end">${formatMs(ms)}</text>`);
  const ticks = sizes.map((size) => `
  <text class="quiet" x="${round(x(size))}" y="${height - bottom + 20}" text-anchor="middle">${
    formatSize(size)
  }</text>`);
  const drawn = lines.map(({ name, ms }, index) => {
    const colour = line_colours[index % line_colours.length];
    const points = ms.flatMap((value, at) => value === undefined ? [] : [`${round(x(sizes[at]!))},${round(y(value))}`]);
    const label_y = top + 6 + index * 22;
    return `
  <polyline class="line" stroke="${colour}" points="${points.join(" ")}"/>
  <rect x="${width - right + 20}" y="${label_y - 4}" width="14" height="4" fill="${colour}"/>
  <text x="${width - right + 42}" y="${label_y + 3}">${escape(name)}</text>`;
  });
  return svg(height, title, `${of}, both axes logarithmic`, [...grid, ...ticks, ...drawn].join(""));
}

function svg(height: number, title: string, subtitle: string, content: string): string {
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img">
  <title>${escape(title)}</title>
  <style>${style}
  </style>
  <text x="0" y="16" font-weight="600">${escape(title)}<tspan class="quiet" font-weight="400">  ${
    escape(subtitle)
  }</tspan></text>${content}
</svg>
`;
}

/** A number per second with as many digits as mean something. */
export function formatRate(value: number): string {
  return value >= 100 ? Math.round(value).toLocaleString("en") : value.toPrecision(2);
}

/** Milliseconds, in the unit that reads best. */
export function formatMs(ms: number): string {
  if (ms >= 1_000) return `${trim(ms / 1_000)} s`;
  return ms >= 0.1 ? `${trim(ms)} ms` : `${trim(ms * 1_000)} µs`;
}

/** A count such as 10 M. */
export function formatSize(size: number): string {
  return size >= 1e6 ? `${trim(size / 1e6)} M` : size >= 1e3 ? `${trim(size / 1e3)} k` : String(size);
}

function trim(value: number): string {
  return String(Number(value.toPrecision(2)));
}

const round = (value: number) => Math.round(value * 10) / 10;

function escape(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");
}
