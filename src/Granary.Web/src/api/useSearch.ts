import { useLocation } from 'preact-iso';
import { useCallback } from 'preact/hooks';

export interface Search {
    /** The query of the address. */
    search: Record<string, string>;
    /** Changes the address; a value of '' is taken out. */
    set: (changes: Record<string, string>) => void;
    /** The address after such a change. */
    hrefOf: (changes: Record<string, string>) => string;
}

/** What a view shows stands in the query of its address, so that a link leads to the same. */
export function useSearch(): Search {
    const { query, path, route } = useLocation();
    const hrefOf = useCallback(
        (changes: Record<string, string>) => {
            const next = new URLSearchParams(location.search);
            for (const [name, value] of Object.entries(changes)) {
                if (value === '') next.delete(name);
                else next.set(name, value);
            }
            const text = next.toString();
            return text === '' ? path : `${path}?${text}`;
        },
        [path],
    );
    const set = useCallback((changes: Record<string, string>) => route(hrefOf(changes), true), [route, hrefOf]);
    return { search: query, set, hrefOf };
}
