// Colours of the map and its marks, by day and by night.
import type { Crewing, Phase } from "../facts/standing";
import type { Theme } from "../shell/theme";

export { paint, theme, type Theme } from "../shell/theme";

const LIGHT = {
  land: "#f4f1ea",
  beyond: "#e7e4dc",
  hatch: "#cfcabd",
  edge: "#9a9484",
  wood: "#d3e3c4",
  grass: "#e0ead0",
  farmland: "#efead6",
  residential: "#e9e6e1",
  industrial: "#e4e0e6",
  commercial: "#efe3e0",
  water: "#a9cde6",
  waterline: "#8bb9d8",
  building: "#d6d0c6",
  railway: "#9d97a5",
  powerline: "#b7b0a4",
  major: "#f7c873",
  majorCase: "#c99335",
  middle: "#fbe6a6",
  middleCase: "#cdb26a",
  minor: "#ffffff",
  minorCase: "#cfcac0",
  track: "#b9a98c",
  text: "#33302b",
  quiet: "#6b665d",
  waterText: "#35698c",
  halo: "#ffffff",
  network: "#5b3f9e",
  area: "#7a6c9a",
  ink: "#1c2330",
  paper: "#ffffff",
  route: "#0b4fc4",
  chosen: "#0b57d0",
  closed: "#8c1d18",
  closedCase: "#ffffff",
  off: "#c2410c",
  planned: "#0b5c7a",
};

const DARK: typeof LIGHT = {
  land: "#1b2027",
  beyond: "#14181e",
  hatch: "#2a313b",
  edge: "#5d6775",
  wood: "#1e2b24",
  grass: "#202a26",
  farmland: "#23261f",
  residential: "#232830",
  industrial: "#272631",
  commercial: "#2b262a",
  water: "#14344a",
  waterline: "#1d4763",
  building: "#2f3540",
  railway: "#5c5a68",
  powerline: "#4a4d55",
  major: "#7c6638",
  majorCase: "#40361f",
  middle: "#5c553c",
  middleCase: "#343125",
  minor: "#3b424d",
  minorCase: "#262c35",
  track: "#4b463a",
  text: "#e2e6ec",
  quiet: "#a3acb8",
  waterText: "#7fb3d4",
  halo: "#12161b",
  network: "#b79cf2",
  area: "#8f83b3",
  ink: "#f2f5f9",
  paper: "#12161b",
  route: "#7db2ff",
  chosen: "#8ab4f8",
  closed: "#ffb4ab",
  closedCase: "#3a0906",
  off: "#ff9e5e",
  planned: "#7fd1ee",
};

export type Colours = typeof LIGHT;
export const COLOURS: Record<Theme, Colours> = { light: LIGHT, dark: DARK };

export const PHASE_COLOUR: Record<Theme, Record<Phase, string>> = {
  light: { waiting: "#c3151c", sent: "#8a1fa8", work: "#0b57d0", back: "#1b7a3d" },
  dark: { waiting: "#ff6b63", sent: "#d58bf0", work: "#7db2ff", back: "#62d08b" },
};

export const CREW_COLOUR: Record<Theme, Record<Crewing, string>> = {
  light: { free: "#0f766e", busy: "#1c2330", off: "#8a8f98" },
  dark: { free: "#4fd1c5", busy: "#f2f5f9", off: "#7c848f" },
};
