/** The examples of the document are what the service really takes and answers. */
import { expect, it } from "vitest";
import { tellStory } from "./story.ts";

it("R40 every example is taken and answered as the document shows it", async () => {
  const text = `${JSON.stringify(await tellStory(), undefined, 2)}\n`;
  await expect(text).toMatchFileSnapshot("../../../infra/reference/examples.json");
});
