// A dialog of the browser's own: it keeps the focus in and gives it back.
import type { ComponentChildren } from "preact";
import { useEffect, useId, useRef } from "preact/hooks";
import { say } from "../words";

export function Dialog(props: { title: string; onClose: () => void; children: ComponentChildren; wide?: boolean }) {
  const place = useRef<HTMLDialogElement>(null);
  const title = useId();
  useEffect(() => {
    const before = document.activeElement as HTMLElement | null;
    place.current!.showModal();
    return () => before?.focus?.();
  }, []);
  return (
    <dialog ref={place} aria-labelledby={title} class={props.wide ? "wide" : ""} onClose={props.onClose}>
      <header>
        <h2 id={title}>{props.title}</h2>
        <button type="button" class="quiet" onClick={() => place.current!.close()}>{say("close")}</button>
      </header>
      {props.children}
    </dialog>
  );
}
