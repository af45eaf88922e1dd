/** Requests as the host hands them to the app. */
import { HttpRequest } from "@azure/functions";

export const aRequest = (headers: Record<string, string> = {}): HttpRequest =>
  new HttpRequest({ method: "PUT", url: "https://api.example/api/v1/backups/android", headers });
