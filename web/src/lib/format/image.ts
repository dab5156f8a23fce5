/** Parts of an image reference, `registry/path/name:tag@digest`. */

export interface ImageParts {
  registry: string;
  /** The last part of the path. */
  name: string;
  tag: string | null;
  digest: string | null;
}

export function imageParts(reference: string): ImageParts {
  const [beforeDigest = "", digest = null] = reference.split("@", 2);
  const slash = beforeDigest.lastIndexOf("/");
  const colon = beforeDigest.indexOf(":", slash + 1);
  const path = colon < 0 ? beforeDigest : beforeDigest.slice(0, colon);
  const first = path.split("/", 1)[0] ?? "";
  // What stands before the first slash is a host only if it looks like one.
  const isHost = path.includes("/") && (first.includes(".") || first.includes(":") || first === "localhost");
  return {
    registry: isHost ? first : "docker.io",
    name: path.slice(slash + 1),
    tag: colon < 0 ? null : beforeDigest.slice(colon + 1),
    digest,
  };
}

export function imageRegistry(reference: string): string {
  return imageParts(reference).registry;
}

/** `registry.example.com/shop/api:1.9` → `api:1.9`; a digest alone is cut to what a person compares. */
export function shortImage(reference: string): string {
  const { name, tag, digest } = imageParts(reference);
  if (tag !== null) return `${name}:${tag}`;
  if (digest !== null) return `${name}@${digest.replace(/^sha256:/, "").slice(0, 7)}`;
  return name;
}

/** How an image changed, said as shortly as it can be: only the tags if the name stayed. */
export function imageChange(from: string | null, to: string): string {
  if (from === null || from === to) return shortImage(to);
  const [before, after] = [imageParts(from), imageParts(to)];
  if (before.name === after.name && before.registry === after.registry && before.tag !== after.tag) {
    return `${after.name} ${before.tag ?? "no tag"} → ${after.tag ?? "no tag"}`;
  }
  return `${shortImage(from)} → ${shortImage(to)}`;
}
