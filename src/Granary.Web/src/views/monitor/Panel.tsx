import type { ReadonlySignal } from '@preact/signals';
import type { Schemas } from '../../api/client';
import type { Query } from '../../api/useQuery';
import { Loaded } from '../../components/States';
import { Equity } from '../live/Equity';
import { Events } from '../live/Events';
import { Limits } from '../live/Limits';
import { Price } from '../live/Price';
import { Headline } from '../live/SessionView';
import { StateBadge, versionOf } from '../live/StateBadge';
import { Strategies } from '../live/Strategies';
import { Trades } from '../live/Trades';
import { useConfiguration } from '../live/configuration';
import { heights, kinds, type Panel as Shown, type Size } from './layout';

type Session = Schemas['SessionView'];

/** A session as the panels share it; undefined before its first answer. */
export type Shared = ReadonlySignal<Query<Session> | undefined>;

interface Props {
    panel: Shown;
    session: Shared;
    /** Its place among the panels, from 1. */
    place: number;
    count: number;
    columns: 1 | 2;
    onMove: (by: -1 | 1) => void;
    onChange: (change: Partial<Shown>) => void;
    onRemove: () => void;
}

/** A part of a session with the controls of its place and size. */
export function Panel(props: Props) {
    const { panel, place, count } = props;
    const name = `${kinds[panel.kind]} of ${panel.session}`;
    const query = props.session.value;
    return (
        <section class={`panel ${panel.wide ? 'wide' : ''}`} data-panel={panel.id} aria-label={name}>
            <header>
                <h2>
                    <a href={`/live/${encodeURIComponent(panel.session)}`}>{panel.session}</a> <span class="soft">{kinds[panel.kind]}</span>{' '}
                    {query?.data && <StateBadge session={query.data} />}
                </h2>
                <span class="tools" role="group" aria-label={`Place and size of ${name}`}>
                    <button
                        type="button"
                        data-act="up"
                        aria-label={`Move ${name} up`}
                        disabled={place === 1}
                        onClick={() => props.onMove(-1)}
                    >
                        ↑
                    </button>
                    <button
                        type="button"
                        data-act="down"
                        aria-label={`Move ${name} down`}
                        disabled={place === count}
                        onClick={() => props.onMove(1)}
                    >
                        ↓
                    </button>
                    <select
                        aria-label={`Height of ${name}`}
                        value={panel.size}
                        onChange={(e) => props.onChange({ size: e.currentTarget.value as Size })}
                    >
                        <option value="s">Low</option>
                        <option value="m">Medium</option>
                        <option value="l">High</option>
                    </select>
                    {props.columns === 2 && (
                        <button
                            type="button"
                            class="both"
                            aria-label={`Both columns for ${name}`}
                            aria-pressed={panel.wide}
                            onClick={() => props.onChange({ wide: !panel.wide })}
                        >
                            Wide
                        </button>
                    )}
                    <button type="button" data-act="remove" aria-label={`Remove ${name}`} onClick={props.onRemove}>
                        ✕
                    </button>
                </span>
            </header>
            {query === undefined ? (
                <div class="loading" style={{ height: heights[panel.size] }} />
            ) : (
                <Loaded query={query} height={heights[panel.size]}>
                    {(s) => <Content session={s} panel={panel} onChange={props.onChange} onDone={query.reload} />}
                </Loaded>
            )}
        </section>
    );
}

function Content(props: { session: Session; panel: Shown; onChange: (change: Partial<Shown>) => void; onDone: () => void }) {
    const { session, panel, onDone } = props;
    const height = heights[panel.size];
    switch (panel.kind) {
        case 'price':
            return <Prices {...props} />;
        case 'strategies':
            return <Members {...props} />;
        case 'equity':
            return <Equity session={session} height={height} />;
        case 'figures':
            return <Headline session={session} />;
        case 'limits':
            return <Limits session={session} />;
        case 'events':
            return <Events id={session.id} version={versionOf(session)} height={height} />;
        case 'trades':
            return (
                <div class="part" role="region" aria-label={`Lists of ${session.id}`} tabIndex={0} style={{ maxHeight: height }}>
                    <Trades session={session} version={versionOf(session)} onDone={onDone} isPanel />
                </div>
            );
    }
}

function Prices(props: { session: Session; panel: Shown; onChange: (change: Partial<Shown>) => void }) {
    const { session, panel } = props;
    const configuration = useConfiguration(session);
    return (
        <Loaded query={configuration} height={heights[panel.size] + 66}>
            {(c) => (
                <Price
                    session={session}
                    configuration={c}
                    goTo={undefined}
                    symbol={panel.symbol}
                    onSymbol={(symbol) => props.onChange({ symbol })}
                    height={heights[panel.size]}
                />
            )}
        </Loaded>
    );
}

function Members(props: { session: Session; panel: Shown; onDone: () => void }) {
    const { session, panel } = props;
    const configuration = useConfiguration(session);
    const done = () => {
        configuration.reload();
        props.onDone();
    };
    return (
        <Loaded query={configuration} height={heights[panel.size]}>
            {(c) => <Strategies session={session} members={c.strategies} height={heights[panel.size]} isPanel onDone={done} />}
        </Loaded>
    );
}
