/** PATCH v1/devices/{id}: gives one of the owner's devices another name. */
import * as z from "zod";
import { DeviceName } from "../lib/domain/device.ts";
import { DeviceId } from "../lib/domain/owner.ts";
import { planRename } from "../lib/domain/registration.ts";
import { changeAs } from "../lib/http/admit.ts";
import { DeviceStatus, deviceStatus, locateDevice } from "../lib/http/device-status.ts";
import { endpoint } from "../lib/http/endpoint.ts";

export const renameDevice = endpoint({
  name: "rename-device",
  summary: "Rename a device",
  method: "PATCH",
  route: "v1/devices/{id}",
  access: "owner",
  request: { params: z.strictObject({ id: DeviceId }), body: z.strictObject({ name: DeviceName }) },
  replies: { 200: DeviceStatus },
  problems: ["device-not-found", "busy"],
  async handle({ caller, held, heads, params: { id }, body: { name }, now }, services) {
    const platform = locateDevice(heads, id);
    const changing = { caller, owners: services.owners, place: { owner: caller.owner, platform }, now };
    const { result } = await changeAs(changing, held, (latest) => planRename(latest, id, name));
    return { status: 200, body: deviceStatus(result, platform, caller) };
  },
});
