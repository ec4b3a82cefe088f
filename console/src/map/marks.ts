// The marks as drawings: the shape is the priority, the filling is how far the work is, so that
// nobody has to tell colours apart. The map and the tables show the same ones.
import { COLOURS, CREW_COLOUR, PHASE_COLOUR, type Theme } from "./palette";
import {
  CREWINGS,
  PHASES,
  PRIORITIES,
  type Crewing,
  type Phase,
  type Priority,
} from "../facts/standing";

const SHAPES: Record<Priority, string> = {
  danger: '<path d="M16 3.5 29 27H3Z" stroke-linejoin="round"/>',
  life: '<path d="M16 2.5 29.5 16 16 29.5 2.5 16Z" stroke-linejoin="round"/>',
  key: '<rect x="5" y="5" width="22" height="22" rx="2.5"/>',
  normal: '<circle cx="16" cy="16" r="10.5"/>',
};
/** Where the middle of a shape lies, and how large its sign may be. */
const MIDDLE: Record<Priority, [number, number]> = {
  danger: [19.5, 0.8],
  life: [16, 1],
  key: [16, 1],
  normal: [16, 0.95],
};

function sign(phase: Phase, y: number, size: number, paper: string, colour: string): string {
  const at = `transform="translate(16 ${y}) scale(${size})"`;
  switch (phase) {
    case "waiting":
      return `<circle ${at} r="3.4" fill="${colour}" stroke="none"/>`;
    case "sent":
      return `<path ${at} d="M-4.5 -5 5.5 0 -4.5 5Z" fill="${colour}" stroke="none"/>`;
    case "work":
      return `<path ${at} d="M0 -5.2V5.2M-5.2 0H5.2" stroke="${paper}" stroke-width="3" fill="none"/>`;
    case "back":
      return `<path ${at} d="M-5 .5-1.5 4.2 5.2-4" stroke="${paper}" stroke-width="3" fill="none"/>`;
  }
}

function outageMark(priority: Priority, phase: Phase, theme: Theme): string {
  const { paper } = COLOURS[theme];
  const colour = PHASE_COLOUR[theme][phase];
  const shape = SHAPES[priority];
  const [y, size] = MIDDLE[priority];
  const full = phase === "work" || phase === "back";
  return (
    `<g fill="${paper}" stroke="${paper}" stroke-width="6.5">${shape}</g>` +
    `<g fill="${full ? colour : paper}" stroke="${colour}" stroke-width="3">${shape}</g>` +
    sign(phase, y, size, paper, colour)
  );
}

function crewMark(crewing: Crewing, theme: Theme): string {
  const { paper } = COLOURS[theme];
  const colour = CREW_COLOUR[theme][crewing];
  const full = crewing === "busy";
  const drawn = full ? paper : colour;
  const edge = crewing === "off" ? ' stroke-dasharray="4 3"' : "";
  return (
    `<rect x="2.5" y="6" width="27" height="20" rx="6" fill="${paper}" stroke="${paper}" stroke-width="5"/>` +
    `<rect x="2.5" y="6" width="27" height="20" rx="6" fill="${full ? colour : paper}" stroke="${colour}" stroke-width="2.4"${edge}/>` +
    `<path d="M7 11h10v9H7zM18.5 13.5h4l3 3.5v3h-7z" fill="${drawn}"/>` +
    `<circle cx="11" cy="21" r="2.3" fill="${drawn}" stroke="${full ? colour : paper}" stroke-width="1.2"/>` +
    `<circle cx="21.5" cy="21" r="2.3" fill="${drawn}" stroke="${full ? colour : paper}" stroke-width="1.2"/>`
  );
}

function networkMark(name: string, theme: Theme): string {
  const { network, paper } = COLOURS[theme];
  const around = `stroke="${network}" stroke-width="2.6"`;
  switch (name) {
    case "substation":
      return (
        `<rect x="4" y="4" width="24" height="24" rx="3" fill="${network}" stroke="${paper}" stroke-width="2"/>` +
        `<path d="M18 6 9 18h6l-1 8 9-12h-6z" fill="${paper}"/>`
      );
    case "transformer":
      return `<circle cx="12" cy="16" r="6.5" fill="${paper}" ${around}/><circle cx="20" cy="16" r="6.5" fill="none" ${around}/>`;
    case "open":
      return `<rect x="9" y="9" width="14" height="14" fill="${paper}" ${around}/>`;
    default:
      return `<rect x="9" y="9" width="14" height="14" fill="${network}" ${around}/>`;
  }
}

/** No entry, and a road that is slow: told by their shapes. */
function roadMark(name: string, theme: Theme): string {
  const { closed, paper } = COLOURS[theme];
  if (name === "closure")
    return (
      `<circle cx="16" cy="16" r="12.5" fill="${closed}" stroke="${paper}" stroke-width="2.5"/>` +
      `<path d="M9 16H23" stroke="${paper}" stroke-width="5" stroke-linecap="butt"/>`
    );
  return (
    `<circle cx="16" cy="16" r="12.5" fill="${paper}" stroke="${closed}" stroke-width="2.6"/>` +
    `<path d="M10 10.5 16 16 10 21.5M17 10.5 23 16 17 21.5" fill="none" stroke="${closed}" stroke-width="2.6"/>`
  );
}

export const ROAD_MARKS = ["closure", "slow"] as const;
export const NETWORK_MARKS = ["substation", "transformer", "closed", "open"] as const;

const SIZE = 32;

/** Return every mark of a theme by its name, as a picture of so many pixels. */
export function drawings(theme: Theme, pixels: number): Map<string, string> {
  const drawn: [string, string][] = [];
  for (const priority of PRIORITIES)
    for (const phase of PHASES)
      drawn.push([`outage-${priority}-${phase}`, outageMark(priority, phase, theme)]);
  for (const crewing of CREWINGS) drawn.push([`crew-${crewing}`, crewMark(crewing, theme)]);
  for (const name of NETWORK_MARKS) drawn.push([`network-${name}`, networkMark(name, theme)]);
  for (const name of ROAD_MARKS) drawn.push([name, roadMark(name, theme)]);
  return new Map(
    drawn.map(([name, body]) => [
      name,
      "data:image/svg+xml," +
        encodeURIComponent(
          `<svg xmlns="http://www.w3.org/2000/svg" width="${pixels}" height="${pixels}" ` +
            `viewBox="0 0 ${SIZE} ${SIZE}" stroke-linecap="round">${body}</svg>`,
        ),
    ]),
  );
}

const kept = new Map<Theme, Map<string, string>>();

/** Return one mark for a table or the legend. */
export function markOf(name: string, theme: Theme): string {
  if (!kept.has(theme)) kept.set(theme, drawings(theme, SIZE));
  return kept.get(theme)!.get(name) ?? "";
}
