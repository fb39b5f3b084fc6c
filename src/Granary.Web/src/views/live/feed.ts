/** The fields of a prod.json that say where its bars come from. */
export interface FeedConfiguration {
    /** Base folder of relative paths. */
    folder?: string;
    data: { source?: string; parts?: { source?: string }[] };
}

/** The source of a configuration as its run opened it: a relative folder starts from the folder of the configuration. */
export function feedOf(c: FeedConfiguration): string {
    const source = c.data.source ?? c.data.parts?.[0]?.source ?? '';
    const [, scheme, path] = /^(csv|parquet|store):(.*)$/.exec(source) ?? [];
    if (scheme === undefined || path === undefined || path.startsWith('/') || c.folder === undefined || c.folder === '.') return source;
    return `${scheme}:${c.folder.replace(/\/+$/, '')}/${path.replace(/^\.\//, '')}`;
}
