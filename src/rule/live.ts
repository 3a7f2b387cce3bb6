/** Which relations are in use while the migrations of a change run. */
export { isLive, relationOf } from "../change/live.js";
