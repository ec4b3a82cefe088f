// The desk "escalations".
import { say } from "../words";

export default function Desk() {
  return <h1 class="title">{say("desk.escalations")}</h1>;
}
