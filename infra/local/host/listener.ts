/** What runs a function that no request triggers. */
export interface Listener {
  start(): void;
  stop(): void;
}
