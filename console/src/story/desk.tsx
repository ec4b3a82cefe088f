// The desk "story".
import { say } from "../words";

export default function Desk() {
  return <h1 class="title">{say("desk.story")}</h1>;
}
