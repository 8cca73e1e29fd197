import { z } from "zod";
import { HubError, ModelError } from "../core/errors.ts";
import { type Download, downloadFile, keep, keepAbsence, kept, refused, request } from "./download.ts";
import type { ModelFolder } from "./model-folder.ts";

/** Where the hub is. */
export interface HubPlace {
  /** @default "https://huggingface.co" */
  endpoint: string;
  /** A branch, tag or commit. */
  revision: string;
}

const listing = z.object({ sha: z.string(), siblings: z.array(z.object({ rfilename: z.string() })) });

/**
 * A model of the hub at the commit that its revision means now. Files are kept by commit; where the hub can't be
 * reached, what was kept serves.
 *
 * @throws ModelError if there is no such model; HubError if the hub can't be reached and nothing was kept.
 */
export async function hubFolder(
  name: string,
  { endpoint, revision }: HubPlace,
  download: Download,
): Promise<ModelFolder> {
  const { sha, siblings } = await lookUp(
    name,
    `${endpoint}/api/models/${name}/revision/${encodeURIComponent(revision)}`,
    download,
  );
  const names = new Set(siblings.map(({ rfilename }) => rfilename));
  return {
    name,
    hubModel: name,
    async get(file) {
      if (!names.has(file)) return undefined;
      const url = `${endpoint}/${name}/resolve/${sha}/${file}`;
      const stored = download.cache ? await kept(url) : undefined;
      return stored ? stored.blob() : downloadFile(url, `${name}/${file}`, download);
    },
  };
}

async function lookUp(name: string, url: string, download: Download): Promise<z.infer<typeof listing>> {
  let response: Response;
  try {
    response = await request(url, download);
  } catch (error) {
    if (!(error instanceof HubError) || !download.cache) throw error;
    const stored = await kept(url);
    if (stored) return listing.parse(await stored.json());
    throw new HubError(`${error.message}; ${name} was not kept from an earlier visit`, { cause: error });
  }
  // The hub doesn't tell strangers what is private from what isn't there.
  if (response.status === 401 || response.status === 404) {
    throw new ModelError(
      `there is no model ${name} on the hub, or it is private; check the name, or give a token`,
    );
  }
  if (!response.ok) throw refused(url, response.status);
  const text = await response.text();
  const parsed = listing.safeParse(JSON.parse(text));
  if (!parsed.success) throw new HubError(`${url} gave no list of files; is the endpoint a hub?`);
  if (download.cache) await keep(url, JSON.stringify(parsed.data));
  return parsed.data;
}

/**
 * A folder of a web server. What it holds, and what it doesn't, is kept as long as the server says the same; where it
 * can't be reached, what was kept serves.
 */
export function addressFolder(address: string, download: Download): ModelFolder {
  const base = address.endsWith("/") ? address : `${address}/`;
  return {
    name: address,
    async get(file) {
      const url = new URL(file, base).href;
      const stored = download.cache ? await kept(url) : undefined;
      if (stored && (await isSame(url, stored, download))) return stored.ok ? stored.blob() : undefined;
      const found = await downloadFile(url, file, download);
      if (found === undefined && download.cache) await keepAbsence(url);
      return found;
    },
  };
}

/** Whether a file is as it was kept. */
async function isSame(url: string, stored: Response, download: Download): Promise<boolean> {
  let now: Response;
  try {
    now = await request(url, download, { method: "HEAD" });
  } catch (error) {
    if (error instanceof HubError) return true;
    throw error;
  }
  if (!stored.ok) return now.status === stored.status;
  const mark = markOf(now);
  return now.ok && mark !== null && mark === markOf(stored);
}

/** What changes with a file. */
const markOf = ({ headers }: Response): string | null => headers.get("etag") ?? headers.get("last-modified");
