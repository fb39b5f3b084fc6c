/** A field that narrows a list to the rows with a value. */
export interface ListField {
    /** The key of the rows, and of the address. */
    key: string;
    title: string;
    /** The values to choose from; without them a part of the value is typed. */
    choices?: readonly string[] | undefined;
}

/** The conditions that the address has for a list: those of its fields, of its dates and the user's own. */
export function filterOfList(fields: readonly ListField[], date: string | undefined, search: Record<string, string | undefined>): string {
    const conditions = fields.flatMap((f) => {
        const value = (search[f.key] ?? '').trim();
        return value === ''
            ? []
            : [
                  f.choices
                      ? `${f.key}=${value}`
                      : value
                            .split(',')
                            .map((v) => `${f.key}~${v.trim()}`)
                            .join(','),
              ];
    });
    if (date !== undefined) {
        if (search.since) conditions.push(`${date}>=${search.since}`);
        // The day that is named is the last one.
        if (search.until && !Number.isNaN(Date.parse(search.until)))
            conditions.push(`${date}<${new Date(Date.parse(search.until) + 86_400_000).toISOString().slice(0, 10)}`);
    }
    const where = (search.where ?? '').trim();
    return [...conditions, ...(where === '' ? [] : [where])].join(',');
}

/** The choices of one of several lists in an address: their keys begin with the list's name. */
export function choicesOf(name: string | undefined, search: Record<string, string | undefined>): Record<string, string | undefined> {
    if (name === undefined) return search;
    const own = Object.entries(search).flatMap(([key, value]) => (key.startsWith(`${name}-`) ? [[key.slice(name.length + 1), value]] : []));
    return Object.fromEntries(own) as Record<string, string | undefined>;
}
