// What is under way with photos: each is kept in the browser until it is known to have arrived, and
// sent as it is, under its own number, so that sending it twice adds nothing.
import { signal } from "@preact/signals";
import { Problem, open } from "../api";
import { houseAt } from "../facts/house";
import { me } from "../shell/session";
import { say, word } from "../words";
import { device, here, news, nextNumber, worthAgain } from "./statements";

export const SHOWS = ["damage", "hazard", "temporary_repair", "meter", "other"] as const;
type Shows = (typeof SHOWS)[number];
interface Taken {
  outage: string;
  task: string;
  shows: Shows;
  note: string;
  picture: Blob;
  /** When it was taken, as the page's own clock runs. */
  at: number;
}
interface Kept {
  key: string;
  outage: string;
  shows: Shows;
}

const BOX = "relight.photos";
/** Photos that are not known to have arrived, the oldest first. */
export const kept = signal<readonly Kept[]>([]);
/** The photo that is being sent now. */
export const under = signal<string | null>(null);
/** Where the browser has no box, photos live as long as the page. */
const loose = new Map<string, FormData>();

async function box(): Promise<Cache | null> {
  return "caches" in globalThis ? caches.open(BOX).catch(() => null) : null;
}

/** A photo belongs to its crew: nobody else who signs in here sends it. */
function shelf(): string {
  return `/crew/kept/${encodeURIComponent(me.value?.crew ?? "")}/`;
}

export async function keepPhoto(taken: Taken): Promise<void> {
  const house = houseAt(taken.at);
  const number = nextNumber();
  const position = await here();
  const statement = {
    device: device(), device_seq: number, shows: taken.shows, task: taken.task,
    ...(taken.note === "" ? {} : { note: taken.note }), ...(position === null ? {} : { position }),
    ...(house === null ? {} : { occurred_at: new Date(house).toISOString() }),
  };
  const form = new FormData();
  form.set("photo", taken.picture, "photo.jpg");
  form.set("statement", JSON.stringify(statement));
  const key = `${shelf()}${String(number).padStart(12, "0")}/${encodeURIComponent(taken.outage)}/${taken.shows}`;
  const opened = await box();
  if (opened === null) loose.set(key, form);
  else await opened.put(key, new Response(form));
  await look();
  await sendPhotos();
}

/** Look which photos of this crew are still here. */
export async function look(): Promise<void> {
  const opened = await box();
  const stored = opened === null ? [] : (await opened.keys()).map((each) => new URL(each.url).pathname);
  kept.value = [...stored, ...loose.keys()].filter((each) => each.startsWith(shelf())).sort().map((key) => {
    const [outage, shows] = key.split("/").slice(-2);
    return { key, outage: decodeURIComponent(outage!), shows: shows as Shows };
  });
}

async function formOf(key: string): Promise<FormData | undefined> {
  return loose.get(key) ?? (await (await box())?.match(key))?.formData();
}

async function letGo(key: string): Promise<void> {
  loose.delete(key);
  await (await box())?.delete(key);
  await look();
}

/** Send what is kept, one after the other; stop where the line does. */
export async function sendPhotos(): Promise<void> {
  if (under.value !== null) return;
  try {
    for (let each = kept.value[0]; each !== undefined; each = kept.value[0]) {
      under.value = each.key;
      if (!(await sent(each))) return;
      await letGo(each.key);
    }
  } finally {
    under.value = null;
  }
}

/** Send one; false when it is to be tried again. */
async function sent(photo: Kept): Promise<boolean> {
  const what = word("photo_shows", photo.shows);
  try {
    const form = await formOf(photo.key);
    if (form !== undefined) await open(`/v1/outages/${encodeURIComponent(photo.outage)}/photos`, { method: "POST", body: form });
    news.value = { text: say("photos.kept", { shows: what }), fault: false };
    return true;
  } catch (fault) {
    if (worthAgain(fault)) return false;
    news.value = { text: (fault as Problem).message, fault: true };
    return true;
  }
}

/** Send what an earlier visit left, and again whenever the line is back; return what ends that. */
export function keepPosting(): () => void {
  const go = () => void look().then(sendPhotos);
  go();
  addEventListener("online", go);
  const timer = setInterval(() => kept.value.length > 0 && go(), 30_000);
  return () => {
    removeEventListener("online", go);
    clearInterval(timer);
  };
}
