/** Whether anything accepts connections at a port of 127.0.0.1 or at a socket's path. */
import { connect } from "node:net";

export const isAnswering = (target: { port: number } | { path: string }) =>
  new Promise<boolean>((answer) => {
    const socket = connect("port" in target ? { ...target, host: "127.0.0.1" } : target);
    socket.once("error", () => answer(false));
    socket.once("connect", () => {
      socket.destroy();
      answer(true);
    });
  });
