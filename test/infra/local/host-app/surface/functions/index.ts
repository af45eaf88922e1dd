/** The entry point. */
import "./echo.ts";
import "./replies.ts";
import "./routes.ts";
