import { signal, type Signal } from '@preact/signals';
import { useLocation } from 'preact-iso';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { useChanges } from '../../api/changes';
import { json, type Schemas } from '../../api/client';
import { useQuery, useRepeated, type Query } from '../../api/useQuery';
import { Empty, Loaded } from '../../components/States';
import { useTitle } from '../../layout/title';
import { monitorLayout } from '../../theme/settings';
import { legend } from '../live/Price';
import { isRunning } from '../live/StateBadge';
import '../live/live.css';
import { AddPanel } from './AddPanel';
import { firstLayout, kinds, moved, read, write, type Layout, type Panel as Shown } from './layout';
import { Panel } from './Panel';
import './monitor.css';

type Session = Schemas['SessionView'];
type SharedSession = Signal<Query<Session> | undefined>;

const queryOf = (text: string) => Object.fromEntries(new URLSearchParams(text));

/** Several sessions and charts in one view. The address has the layout; the browser remembers the last one. */
export default function MonitorView() {
    useTitle('Monitor');
    const sessions = useQuery('sessions', () => json<Session[]>('/sessions'));
    useChanges(['session'], sessions.reload);
    return (
        <>
            <h1>Monitor</h1>
            <Loaded query={sessions} height={500}>
                {(all) =>
                    all.length === 0 ? (
                        <Empty title="No account is traded here">
                            <p>Start a session, and show it here beside others.</p>
                            <a class="button" href="/live">
                                Live
                            </a>
                        </Empty>
                    ) : (
                        <Panels sessions={all} />
                    )
                }
            </Loaded>
        </>
    );
}

function Panels(props: { sessions: readonly Session[] }) {
    const names = props.sessions.map((s) => s.id);
    const { layout, unknown, change, said, focusOn } = useLayout(props.sessions);
    const { panels, columns } = layout;
    const shared = useRef(new Map<string, SharedSession>()).current;
    const sharedOf = (id: string) => {
        const known = shared.get(id) ?? signal(undefined);
        shared.set(id, known);
        return known;
    };
    const put = (panel: Shown, next: Partial<Shown>) =>
        change({ columns, panels: panels.map((p) => (p === panel ? { ...p, ...next } : p)) });
    const remove = (panel: Shown, at: number) => {
        change({ columns, panels: panels.filter((p) => p !== panel) }, `${kinds[panel.kind]} of ${panel.session} removed`);
        focusOn(panels[at + 1] ?? panels[at - 1], ['remove']);
    };
    const move = (panel: Shown, by: -1 | 1) => {
        const next = moved(panels, panel.id, by);
        const place = next.indexOf(panel) + 1;
        change({ columns, panels: next }, `${kinds[panel.kind]} of ${panel.session} is ${place} of ${next.length}`);
        focusOn(panel, by < 0 ? ['up', 'down'] : ['down', 'up']);
    };
    return (
        <>
            <div class="arrange">
                <AddPanel
                    sessions={names}
                    count={panels.length}
                    onAdd={(p) => change({ columns, panels: [...panels, p] }, `${kinds[p.kind]} of ${p.session} added`)}
                />
                <span class="tools" role="group" aria-label="Columns">
                    {([1, 2] as const).map((c) => (
                        <button key={c} type="button" aria-pressed={columns === c} onClick={() => change({ columns: c, panels })}>
                            {c === 1 ? 'One column' : 'Two columns'}
                        </button>
                    ))}
                </span>
            </div>
            {unknown.length > 0 && (
                <p class="notice">The address names panels that this view does not have: {unknown.join(', ')}. They are left out.</p>
            )}
            <p class="hidden" role="status">
                {said}
            </p>
            {[...new Set(panels.map((p) => p.session))].map((id) => (
                <Follow key={id} id={id} into={sharedOf(id)} />
            ))}
            {panels.length === 0 ? (
                <p class="soft">Choose a session and a panel, and add it.</p>
            ) : (
                <div class={columns === 2 ? 'panels two' : 'panels'}>
                    {panels.map((p, i) => (
                        <Panel
                            key={p.id}
                            panel={p}
                            session={sharedOf(p.session)}
                            place={i + 1}
                            count={panels.length}
                            columns={columns}
                            onMove={(by) => move(p, by)}
                            onChange={(next) => put(p, next)}
                            onRemove={() => remove(p, i)}
                        />
                    ))}
                </div>
            )}
            {panels.some((p) => p.kind === 'price') && <p class="note">{legend}</p>}
        </>
    );
}

// All panels of a session share what one of these loads each second, while there is such a panel. Streams of events would take the six
// connections that a browser opens to a server.
function Follow(props: { id: string; into: SharedSession }) {
    const { id, into } = props;
    const loaded = useQuery(`session ${id}`, () => json<Session>(`/sessions/${encodeURIComponent(id)}`));
    useRepeated(loaded, loaded.data === undefined || isRunning(loaded.data));
    useChanges(['session'], loaded.reload);
    const latest = useRef(loaded);
    latest.current = loaded;
    const { data, problem } = loaded;
    useLayoutEffect(() => {
        into.value = latest.current;
    }, [into, data, problem]);
    return null;
}

function useLayout(sessions: readonly Session[]) {
    const { route, query, path } = useLocation();
    const [state, setState] = useState(() => {
        const given = query.panels === undefined ? queryOf(monitorLayout.value) : query;
        if (given.panels !== undefined) return read(given);
        return { layout: firstLayout(sessions.filter(isRunning).map((s) => s.id)), unknown: [] };
    });
    const [said, setSaid] = useState('');
    const focus = useRef<{ id: number; acts: string[] }>();
    const text = write(state.layout);
    // The address has the layout, so that it can be kept and sent. One that was changed by hand or by going back is read.
    const written = useRef<string>();
    useEffect(() => {
        const address = new URLSearchParams(query).toString();
        if (written.current !== undefined && address !== written.current) {
            written.current = address;
            if (query.panels !== undefined) setState(read(query));
            return;
        }
        written.current = new URLSearchParams(text).toString();
        if (address !== written.current) route(`${path}?${text}`, true);
    }, [text, query, path, route]);
    // A panel that moves in the page loses the focus.
    useLayoutEffect(() => {
        if (focus.current === undefined) return;
        const { id, acts } = focus.current;
        focus.current = undefined;
        acts.map((a) => document.querySelector<HTMLButtonElement>(`[data-panel="${id}"] [data-act=${a}]`))
            .find((b) => b && !b.disabled)
            ?.focus();
    });
    const change = (layout: Layout, what = '') => {
        setState({ layout, unknown: [] });
        setSaid(what);
        written.current = undefined;
        monitorLayout.value = write(layout);
    };
    const focusOn = (panel: Shown | undefined, acts: string[]) => (focus.current = panel && { id: panel.id, acts });
    return { ...state, said, change, focusOn };
}
