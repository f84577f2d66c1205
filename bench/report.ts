/** Makes docs/performance.md and its charts of what the benchmarks found. */
import { cpus, release, totalmem, type } from "node:os";
import { join } from "node:path";
import { taskCommand } from "../local/command.ts";
import { root } from "../local/config.ts";
import { barChart, formatMs, formatRate, formatSize, lineChart } from "./chart.ts";
import { type Comparison, rateOf, ratioOf, type Spread } from "./rounds.ts";
import type { Bar, BenchOptions, Growth, Part, Section, Table } from "./section.ts";

const charts = join("docs", "charts");

/** Writes the page and its charts, in place of those that were there. */
export async function writeReport(sections: Section[], run: Pick<BenchOptions, "rounds" | "seconds">): Promise<void> {
  await Deno.remove(join(root, charts), { recursive: true }).catch(() => {});
  await Deno.mkdir(join(root, charts), { recursive: true });
  const page = [head(run), barTable(sections.flatMap(({ bars = [] }) => bars)), ...sections.map(chapter)].join("\n\n");
  await Deno.writeTextFile(join(root, "docs", "performance.md"), `${page}\n`);
  for (const part of sections.flatMap(({ parts }) => parts)) {
    const chart = chartOf(part);
    if (chart !== undefined) await Deno.writeTextFile(join(root, charts, chart.file), chart.svg);
  }
  await new Deno.Command(Deno.execPath(), { args: ["fmt", "--quiet", "docs/performance.md"], cwd: root }).output();
}

/** The tables of some sections, for a terminal. */
export function printable(sections: Section[]): string {
  const bars = sections.flatMap(({ bars = [] }) => bars);
  return [
    ...sections.flatMap(({ title, parts }) => [`== ${title}`, ...parts.map((part) => partTable(part))]),
    ...(bars.length > 0 ? [barTable(bars)] : []),
  ].join("\n\n");
}

function head({ rounds, seconds }: Pick<BenchOptions, "rounds" | "seconds">): string {
  const [cpu] = cpus();
  const machine = `${cpus().length} cores (${cpu?.model.trim() ?? "unknown"}), ` +
    `${Math.round(totalmem() / 2 ** 30)} GB, ${type()} ${release()}`;
  return `# Performance

This page is written by one command, figures and all:

\`\`\`
${taskCommand("bench")}
\`\`\`

Written on ${new Date().toISOString().slice(0, 10)}, on ${machine}. Figures per second belong to that machine; the
ratios are what to compare. Contestants are measured one after the other, ${seconds} s each, in ${rounds} rounds, whose
order moves on each time. Each ratio is taken within its round, to the mean of the control before and after it; a round
over which the control moved by more than 15 % does not count and is repeated. Figures are medians, with the least and
the greatest in brackets.`;
}

function chapter({ title, method, parts }: Section): string {
  const shown = parts.flatMap((part) => {
    const chart = chartOf(part);
    return [
      `### ${titleOf(part)}`,
      ...(chart === undefined ? [] : [`![${titleOf(part)}](charts/${chart.file})`]),
      partTable(part),
    ];
  });
  return [`## ${title}`, method, ...shown].join("\n\n");
}

function barTable(bars: Bar[]): string {
  return markdownTable({
    title: "Bars",
    columns: ["bar", "bound", "seen", ""],
    rows: bars.map(({ what, seen, bound }) => [what, boundText(bound), ratioText(seen), verdict({ seen, bound })]),
  });
}

function boundText(bound: Bar["bound"]): string {
  return "at_least" in bound ? `≥ ${bound.at_least}` : `≤ ${bound.at_most}`;
}

function verdict({ seen, bound }: Pick<Bar, "seen" | "bound">): string {
  if (seen === undefined) return "not measured";
  const is_kept = "at_least" in bound ? seen.median >= bound.at_least : seen.median <= bound.at_most;
  return is_kept ? "kept" : "**missed**";
}

function partTable(part: Part): string {
  if (part.kind === "table") return markdownTable(part.table);
  return part.kind === "comparison" ? comparisonTable(part.comparison, part.unit) : growthTable(part.growth);
}

function comparisonTable(comparison: Comparison, unit: string): string {
  const { title, names, control, kept, dropped } = comparison;
  const table = markdownTable({
    title,
    columns: [title, unit, `of “${control}”`],
    rows: names.map((name) => [
      name,
      spreadText(rateOf(comparison, name), formatRate),
      ratioText(ratioOf(comparison, name, control)),
    ]),
  });
  return `${table}\n\n${kept.length} rounds counted${dropped > 0 ? `, ${dropped} did not` : ""}.`;
}

function growthTable({ title, of, sizes, lines }: Growth): string {
  return markdownTable({
    title,
    columns: [of, ...sizes.map(formatSize)],
    rows: lines.map(({ name, ms }) => [name, ...ms.map((value) => value === undefined ? "–" : formatMs(value))]),
  });
}

function markdownTable({ columns, rows }: Table): string {
  const line = (cells: (string | number)[]) => `| ${cells.join(" | ")} |`;
  return [line(columns), line(columns.map(() => "---")), ...rows.map(line)].join("\n");
}

function ratioText(ratio: Spread | undefined): string {
  return spreadText(ratio, (value) => value.toFixed(2));
}

function spreadText(spread: Spread | undefined, format: (value: number) => string): string {
  if (spread === undefined) return "–";
  return `${format(spread.median)} (${format(spread.min)}–${format(spread.max)})`;
}

function titleOf(part: Part): string {
  if (part.kind === "table") return part.table.title;
  return part.kind === "comparison" ? part.comparison.title : part.growth.title;
}

function chartOf(part: Part): { file: string; svg: string } | undefined {
  if (part.kind === "table") return undefined;
  const svg = part.kind === "comparison" ? barChart(part.comparison, part.unit) : lineChart(part.growth);
  return { file: `${titleOf(part).toLowerCase().replaceAll(/[^a-z0-9]+/g, "-").replaceAll(/^-|-$/g, "")}.svg`, svg };
}
