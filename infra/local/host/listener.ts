/** Runs a function that isn't triggered by a request. */
export interface Listener {
  start(): void;
  stop(): void;
}
