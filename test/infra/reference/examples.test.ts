/** The document's examples are real requests and answers of the service. */
import { expect, it } from "vitest";
import { tellStory } from "./story.ts";

it("R40 every example is accepted and answered as the document shows it", async () => {
  const text = `${JSON.stringify(await tellStory(), undefined, 2)}\n`;
  await expect(text).toMatchFileSnapshot("../../../infra/reference/examples.json");
});
