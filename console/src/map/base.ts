// Which base map is drawn: the land, or what the installation names instead.
import { addProtocol, type StyleSpecification } from "maplibre-gl";
import type { MapTold } from "../shapes";
import type { Language } from "../words";
import { FONT, absolute, landStyle } from "./land";
import { COLOURS, type Theme } from "./palette";

export interface Base {
  style: StyleSpecification;
  /** Why the base map that is named could not be had, and the land is drawn instead. */
  fault: string | null;
}

let opened = false;

export async function baseOf(told: MapTold, theme: Theme, lang: Language): Promise<Base> {
  try {
    if (told.base?.style_url) return { style: await fetched(told.base.style_url), fault: null };
    if (told.base?.pmtiles_url)
      return { style: await archived(told.base.pmtiles_url, theme, lang), fault: null };
  } catch (fault) {
    const reason = fault instanceof Error ? fault.message : String(fault);
    return { style: landStyle(told, theme, lang), fault: reason };
  }
  return { style: landStyle(told, theme, lang), fault: null };
}

async function fetched(url: string): Promise<StyleSpecification> {
  const answer = await fetch(url);
  if (!answer.ok) throw new Error(`HTTP ${answer.status}`);
  const style = (await answer.json()) as StyleSpecification;
  if (style.version !== 8 || !Array.isArray(style.layers)) throw new Error("no MapLibre style");
  return style;
}

async function archived(url: string, theme: Theme, lang: Language): Promise<StyleSpecification> {
  const [{ Protocol, PMTiles }, basemaps] = await Promise.all([
    import("pmtiles"),
    import("@protomaps/basemaps"),
  ]);
  const place = absolute(url);
  const protocol = new Protocol();
  const archive = new PMTiles(place);
  await archive.getHeader();
  protocol.add(archive);
  if (!opened) addProtocol("pmtiles", protocol.tile);
  opened = true;
  const drawn = basemaps.layers("base", basemaps.namedFlavor(theme), {
    lang: lang === "zh" ? "zh-Hans" : "en",
  });
  for (const layer of drawn) {
    // Labels are drawn with the page's own font, and pictures are not fetched.
    if (layer.type !== "symbol" || layer.layout === undefined) continue;
    layer.layout["text-font"] = FONT;
    delete layer.layout["icon-image"];
  }
  const background = {
    id: "background",
    type: "background" as const,
    paint: { "background-color": COLOURS[theme].land },
  };
  return {
    version: 8,
    sources: { base: { type: "vector", url: `pmtiles://${place}` } },
    layers: [background, ...drawn.filter((layer) => layer.id !== "background")],
  };
}
