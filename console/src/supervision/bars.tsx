// A bar chart and, beside it, the same as a table; the drawing is brought in when it is first needed.
import { useEffect, useRef } from "preact/hooks";
import { theme } from "../shell/theme";
import { language } from "../words";

interface Row {
  name: string;
  n: number;
}

function colour(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

const FONT = "11px Noto Sans, sans-serif";

/** Break a name into lines that fit under its bar: between words, or between any two Chinese signs. */
function wrapped(name: string, width: number): string {
  const pen = document.createElement("canvas").getContext("2d")!;
  pen.font = FONT;
  const lines = [""];
  for (const piece of name.match(/[\u3000-\uffef]|[^\s\u3000-\uffef]+\s*|\s+/gu) ?? []) {
    const longer = lines.at(-1)! + piece;
    if (lines.at(-1) !== "" && pen.measureText(longer.trimEnd()).width > width) lines.push(piece);
    else lines[lines.length - 1] = longer;
  }
  return lines.map((line) => line.trimEnd()).join("\n");
}

async function draw(place: HTMLElement, rows: readonly Row[]): Promise<() => void> {
  const [{ default: Plot }] = await Promise.all([import("uplot"), import("uplot/dist/uPlot.min.css")]);
  const ink = colour("--ink");
  const names = rows.map((each) => wrapped(each.name, (place.clientWidth - 60) / (rows.length + 0.2)));
  const lines = Math.max(...names.map((each) => each.split("\n").length));
  const chart = new Plot(
    {
      width: place.clientWidth, height: 190, cursor: { show: false }, legend: { show: false },
      scales: { x: { time: false, range: [-0.6, rows.length - 0.4] }, y: { range: (_, __, most) => [0, Math.max(4, Math.ceil(most * 1.1))] } },
      axes: [
        { stroke: ink, grid: { show: false }, splits: () => rows.map((_, n) => n), values: () => names, size: 20 + 15 * lines, font: FONT },
        { stroke: ink, grid: { stroke: colour("--edge") }, font: FONT, incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500] },
      ],
      series: [{}, { fill: colour("--chief"), stroke: colour("--chief"), paths: Plot.paths.bars!({ size: [0.7, 60] }), points: { show: false } }],
    },
    [rows.map((_, n) => n), rows.map((each) => each.n)],
    place,
  );
  return () => chart.destroy();
}

export function Bars({ title, what, rows }: { title: string; what: string; rows: readonly Row[] }) {
  const place = useRef<HTMLDivElement>(null);
  const said = JSON.stringify(rows);
  useEffect(() => {
    let end: (() => void) | null = null;
    let left = false;
    void draw(place.current!, rows).then((done) => (left ? done() : (end = done)));
    return () => {
      left = true;
      end?.();
    };
  }, [said, theme.value, language.value]);
  return (
    <figure class="bars">
      <figcaption>{title}</figcaption>
      <div ref={place} class="plot" aria-hidden="true" />
      <table class="sheet-table">
        <tbody>{rows.map((each) => <tr key={each.name}><th scope="row">{each.name}</th><td class="number">{each.n} <span class="unseen">{what}</span></td></tr>)}</tbody>
      </table>
    </figure>
  );
}
