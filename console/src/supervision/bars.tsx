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

async function draw(place: HTMLElement, rows: readonly Row[]): Promise<() => void> {
  const [{ default: Plot }] = await Promise.all([import("uplot"), import("uplot/dist/uPlot.min.css")]);
  const ink = colour("--ink");
  const chart = new Plot(
    {
      width: place.clientWidth, height: 190, cursor: { show: false }, legend: { show: false },
      scales: { x: { time: false, range: [-0.6, rows.length - 0.4] }, y: { range: (_, __, most) => [0, Math.max(4, Math.ceil(most * 1.1))] } },
      axes: [
        { stroke: ink, grid: { show: false }, splits: () => rows.map((_, n) => n), values: () => rows.map((each) => each.name), size: 34, font: "11px Noto Sans, sans-serif" },
        { stroke: ink, grid: { stroke: colour("--edge") }, font: "11px Noto Sans, sans-serif", incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500] },
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
