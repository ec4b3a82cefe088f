// The desk "supervision".
import { say } from "../words";

export default function Desk() {
  return <h1 class="title">{say("desk.supervision")}</h1>;
}
