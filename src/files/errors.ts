/** Why a file cannot be had or kept, for the viewer to be told. */
export type FilesRefusal =
  | "not-found"
  | "not-allowed"
  | "exists"
  | "quota"
  | "disk-full"
  | "changed"
  | "failed";

/** Something about a file was refused. */
export class FilesError extends Error {
  override name = "FilesError";
  constructor(readonly reason: FilesRefusal, message: string, options?: ErrorOptions) {
    super(message, options);
  }
}

/** An error of the system as one for viewers, who must not learn of paths. */
export function toFilesError(error: unknown): FilesError {
  if (error instanceof FilesError) return error;
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  const [reason, message] = SYSTEM[typeof code === "string" ? code : ""] ??
    ["failed", "The file system reports an error"] as const;
  return new FilesError(reason, message, { cause: error });
}

const SYSTEM: Readonly<Record<string, readonly [FilesRefusal, string]>> = {
  ENOENT: ["not-found", "There is no such file any more"],
  ENOTDIR: ["not-found", "There is no such directory any more"],
  ELOOP: ["not-allowed", "Links are not followed"],
  EACCES: ["not-allowed", "The file system does not allow it"],
  EPERM: ["not-allowed", "The file system does not allow it"],
  EROFS: ["not-allowed", "The directory can only be read"],
  ENOSPC: ["disk-full", "The disk is full"],
  EDQUOT: ["disk-full", "The user's share of the disk is used up"],
  EFBIG: ["disk-full", "The file is larger than the file system takes"],
};
