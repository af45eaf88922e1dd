/** GET v1/devices: the owner's devices on both platforms, including revoked ones. */
import * as z from "zod";
import { Platform } from "../../lib/domain/owner.ts";
import { endpoint } from "../../lib/http/pipeline/endpoint.ts";
import { DeviceStatus, deviceStatus } from "../../lib/http/replies/device-status.ts";

export const listDevices = endpoint({
  name: "list-devices",
  summary: "The owner's devices",
  method: "GET",
  route: "v1/devices",
  access: "owner",
  replies: { 200: z.strictObject({ devices: z.array(DeviceStatus) }) },
  handle({ caller, heads }) {
    const devices = Platform.options.flatMap((platform) =>
      (heads[platform]?.value.devices ?? []).map((device) => deviceStatus(device, platform, caller)),
    );
    return { status: 200, body: { devices } };
  },
});
