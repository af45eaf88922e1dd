/** An entry point that refuses its configuration. */
throw new Error("Missing settings: BACKUPS_URL, KEY_IDS");
