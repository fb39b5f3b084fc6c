import { useLocation } from 'preact-iso';
import { useEffect, useMemo, useState } from 'preact/hooks';
import { api, json, take, type Schemas } from '../../api/client';
import { useQuery } from '../../api/useQuery';
import { Dialog } from '../../components/Dialog';
import { time } from '../../format/times';
import { fixedEntries, matching, type Entry } from './entries';
import { openPalette, paletteOpen } from './palette';
import './palette.css';

const most = 30;

/** Finds views, runs, sessions and actions by a few letters: Ctrl K, arrows, Enter. */
export function Palette() {
    useEffect(() => {
        const open = (e: KeyboardEvent) => {
            if (e.key.toLowerCase() !== 'k' || !(e.ctrlKey || e.metaKey)) return;
            e.preventDefault();
            openPalette();
        };
        addEventListener('keydown', open);
        return () => removeEventListener('keydown', open);
    }, []);
    return paletteOpen.value ? <Choice onClose={() => (paletteOpen.value = false)} /> : null;
}

function useEntries(): Entry[] {
    const runs = useQuery('runs', () => take(api.GET('/api/v1/runs', { params: { query: { limit: 1000 } } })));
    const sessions = useQuery('sessions', () => json<Schemas['SessionView'][]>('/sessions'));
    return useMemo(
        () => [
            ...fixedEntries(),
            ...(sessions.data ?? []).map((s) => ({
                title: s.id,
                summary: `session, ${s.phase}`,
                path: `/live/${encodeURIComponent(s.id)}`,
            })),
            ...(runs.data?.items ?? []).map((r) => ({
                title: r.name,
                summary: `run of ${time(r.created)}`,
                path: `/runs/${encodeURIComponent(r.id)}`,
            })),
        ],
        [runs.data, sessions.data],
    );
}

function Choice(props: { onClose: () => void }) {
    const [text, setText] = useState('');
    const [at, setAt] = useState(0);
    const { route } = useLocation();
    const entries = useEntries();
    const found = useMemo(() => matching(entries, text).slice(0, most), [entries, text]);
    const go = (entry: Entry | undefined) => {
        if (entry === undefined) return;
        props.onClose();
        if (entry.path !== undefined) route(entry.path);
        entry.act?.();
    };
    const press = (e: KeyboardEvent) => {
        if (e.key === 'Enter') go(found[at]);
        else if (e.key === 'ArrowDown') setAt(Math.min(at + 1, found.length - 1));
        else if (e.key === 'ArrowUp') setAt(Math.max(at - 1, 0));
        else return;
        e.preventDefault();
    };
    useEffect(() => document.getElementById(`found-${at}`)?.scrollIntoView({ block: 'nearest' }), [at]);
    return (
        <Dialog title="Search" onClose={props.onClose}>
            <div class="field">
                <input
                    type="search"
                    role="combobox"
                    aria-label="Search views, runs, sessions and actions"
                    aria-expanded="true"
                    aria-controls="found"
                    autocomplete="off"
                    aria-activedescendant={found[at] ? `found-${at}` : undefined}
                    value={text}
                    onKeyDown={press}
                    onInput={(e) => {
                        setText(e.currentTarget.value);
                        setAt(0);
                    }}
                />
            </div>
            <ul class="found" id="found" role="listbox" aria-label="Found">
                {found.map((e, i) => (
                    <li key={`${e.path} ${e.title}`} id={`found-${i}`} role="option" aria-selected={i === at} onClick={() => go(e)}>
                        <b>{e.title}</b> <span class="soft">{e.summary}</span>
                    </li>
                ))}
            </ul>
            {found.length === 0 && <p class="note">Nothing found.</p>}
        </Dialog>
    );
}
