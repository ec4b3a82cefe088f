// The desk "callbacks".
import { say } from "../words";

export default function Desk() {
  return <h1 class="title">{say("desk.callbacks")}</h1>;
}
