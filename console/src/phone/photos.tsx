// Photos of the job: taken, made smaller, kept on the phone until they are known to have arrived, and sent.
import { signal } from "@preact/signals";
import { useEffect, useRef, useState } from "preact/hooks";
import { Photos } from "../photos/strip";
import { say, word } from "../words";
import type { Stop } from "./jobs";
import { route } from "./jobs";
import { keepPhoto, kept, sendPhotos, under, SHOWS } from "./photo_post";
import { shrunk } from "./shrink";

const taken = signal<{ task: string; picture: Blob; at: number } | null>(null);
const unreadable = signal(false);

async function take(stop: Stop, file: File | undefined): Promise<void> {
  if (file === undefined) return;
  const at = performance.now();
  const picture = await shrunk(file);
  unreadable.value = picture === null;
  taken.value = picture === null ? null : { task: stop.task, picture, at };
}

function Preview({ picture }: { picture: Blob }) {
  const [source, setSource] = useState<string | null>(null);
  useEffect(() => {
    const here = URL.createObjectURL(picture);
    setSource(here);
    return () => URL.revokeObjectURL(here);
  }, [picture]);
  return source === null ? null : <img class="preview" src={source} alt={say("photos.preview")} />;
}

function Ask({ stop, picture, at }: { stop: Stop; picture: Blob; at: number }) {
  const [note, setNote] = useState("");
  const first = useRef<HTMLButtonElement>(null);
  useEffect(() => first.current?.focus(), []);
  const send = (shows: (typeof SHOWS)[number]) => {
    taken.value = null;
    void keepPhoto({ outage: stop.outage.id, task: stop.task, shows, note: note.trim(), picture, at });
  };
  return (
    <div class="asking" data-asking>
      <Preview picture={picture} />
      <label>{say("photos.note")}<input type="text" maxLength={300} value={note} onInput={(event) => setNote(event.currentTarget.value)} /></label>
      <fieldset>
        <legend>{say("photos.send_as")}</legend>
        {SHOWS.map((each, n) => <button type="button" key={each} ref={n === 0 ? first : undefined} onClick={() => send(each)} data-shows={each}>{word("photo_shows", each)}</button>)}
      </fieldset>
      <button type="button" class="quiet" onClick={() => (taken.value = null)} data-discard>{say("photos.discard")}</button>
    </div>
  );
}

function Waiting() {
  return (
    <ul class="waiting" aria-live="polite">
      {kept.value.map((each) => (
        <li key={each.key} data-waiting={each.key}>
          {say(under.value === each.key ? "photos.sending" : "photos.not_sent", { shows: word("photo_shows", each.shows) })}
          {under.value === null && <button type="button" onClick={() => void sendPhotos()} data-photo-again>{say("phone.again")}</button>}
        </li>
      ))}
    </ul>
  );
}

export function JobPhotos({ stop }: { stop: Stop }) {
  const chosen = taken.value;
  const file = useRef<HTMLInputElement>(null);
  return (
    <section class="job-photos">
      {chosen?.task === stop.task
        ? <Ask stop={stop} picture={chosen.picture} at={chosen.at} />
        : <button type="button" class="second" onClick={() => file.current?.click()} data-take-photo>{say("photos.take")}</button>}
      <input
        ref={file} type="file" accept="image/jpeg,image/png,image/webp" capture="environment" hidden
        onChange={(event) => {
          void take(stop, event.currentTarget.files?.[0]);
          event.currentTarget.value = "";
        }}
      />
      {unreadable.value && <p class="is-danger" role="alert">{say("photos.unreadable")}</p>}
      {kept.value.length > 0 && <Waiting />}
      <Photos outage={stop.outage.id} version={`${route.value?.at} ${kept.value.length}`} />
    </section>
  );
}
