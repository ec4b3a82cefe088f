// Photos as small pictures with what they show and when; one is opened large, by mouse or keys.
import { useEffect, useState } from "preact/hooks";
import { clockIn } from "../facts/times";
import { Dialog } from "../shell/dialog";
import { named, say, word } from "../words";
import "./photos.css";
import { mayLook, usePhotos, usePicture, type Photo } from "./photos";

const LATE_MS = 60_000;

function altOf(photo: Photo): string {
  const shows = word("photo_shows", photo.shows);
  return photo.note ? say("photos.alt_note", { shows, note: photo.note }) : say("photos.alt", { shows });
}

function Picture({ path, alt }: { path: string; alt: string }) {
  const source = usePicture(path);
  if (source === null) return <span class="no-picture" role="img" aria-label={alt} />;
  if (source === "") return <span class="no-picture">{say("photos.not_loaded")}</span>;
  return <img src={source} alt={alt} />;
}

function Large(props: { photos: readonly Photo[]; at: number; district?: string; go: (to: number) => void; onClose: () => void }) {
  const { photos, at, go } = props;
  const photo = photos[at]!;
  useEffect(() => {
    const turn = (event: KeyboardEvent) => {
      const to = event.key === "ArrowRight" ? at + 1 : event.key === "ArrowLeft" ? at - 1 : -1;
      if (photos[to] === undefined) return;
      event.stopPropagation();
      event.preventDefault();
      go(to);
    };
    addEventListener("keydown", turn, true);
    return () => removeEventListener("keydown", turn, true);
  }, [at, photos]);
  const late = Date.parse(photo.received_at) - Date.parse(photo.occurred_at) > LATE_MS;
  return (
    <Dialog title={say("photos.large", { n: at + 1, m: photos.length, shows: word("photo_shows", photo.shows) })} onClose={props.onClose} wide>
      <figure class="large" data-large={photo.id}>
        {photo.picture === null ? <p>{say("photos.gone")}</p> : <Picture path={photo.picture} alt={altOf(photo)} key={photo.id} />}
        <figcaption>
          {photo.note && <q>{photo.note}</q>}
          <span>{say("photos.taken", { crew: named(photo.crew_name), by: photo.by, time: clockIn(photo.occurred_at, props.district) })}</span>
          {late && <small>{say("photos.came", { time: clockIn(photo.received_at, props.district) })}</small>}
          {photo.at === null && <small>{say("photos.no_place")}</small>}
        </figcaption>
      </figure>
      {photos.length > 1 && (
        <p class="turn">
          <button type="button" disabled={at === 0} onClick={() => go(at - 1)} data-before>← {say("photos.before")}</button>
          <button type="button" disabled={at === photos.length - 1} onClick={() => go(at + 1)} data-after>{say("photos.after")} →</button>
        </p>
      )}
    </Dialog>
  );
}

/** Small pictures in a row; `of` is what they are all of, when only some are shown here. */
export function Strip({ photos, of = photos, district }: { photos: readonly Photo[]; of?: readonly Photo[]; district?: string }) {
  const [large, setLarge] = useState<string | null>(null);
  const at = of.findIndex((each) => each.id === large);
  return (
    <>
      <ul class="photos">
        {photos.map((each) => (
          <li key={each.id}>
            <button type="button" onClick={() => setLarge(each.id)} data-photo={each.id}>
              {each.thumbnail === null ? <span class="no-picture">{say("photos.gone_short")}</span> : <Picture path={each.thumbnail} alt={altOf(each)} />}
              <span class="photo-told">{word("photo_shows", each.shows)} <time dateTime={each.occurred_at}>{clockIn(each.occurred_at, district)}</time></span>
            </button>
          </li>
        ))}
      </ul>
      {at >= 0 && <Large photos={of} at={at} district={district} go={(to) => setLarge(of[to]!.id)} onClose={() => setLarge(null)} />}
    </>
  );
}

/** All photos of an outage under a heading of their own; without any there is no heading, unless `always`. */
export function Photos({ outage, version, owed = 0, district, always = false }: { outage: string; version: unknown; owed?: number; district?: string; always?: boolean }) {
  const found = usePhotos(outage, version, owed);
  if (always && !mayLook(owed)) return <section class="photos-of" data-photos="0"><h3>{say("photos.title")}</h3><p class="quiet-text">{say("photos.answers_first", { n: owed })}</p></section>;
  if (found === null || (found.items.length === 0 && !always)) return null;
  const { items, whole, why } = found;
  return (
    <section class="photos-of" data-photos={items.length}>
      <h3>{say("photos.title")} {items.length > 0 && <small>{say(whole ? "shown" : "shown.more", { n: items.length, m: items.length })}</small>}</h3>
      {items.length === 0 ? <p class="quiet-text">{why ?? say("photos.none")}</p> : <Strip photos={items} district={district} />}
    </section>
  );
}
