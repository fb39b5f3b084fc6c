import { useLocation } from 'preact-iso';
import { useState } from 'preact/hooks';
import { useChanges } from '../../api/changes';
import { json, type Schemas } from '../../api/client';
import { useQuery } from '../../api/useQuery';
import { TextField } from '../../components/Field';
import { Empty, Loaded } from '../../components/States';
import { DataTable, type Column } from '../../components/Table';
import { number } from '../../format/numbers';
import { useTitle } from '../../layout/title';
import { StateBadge } from '../live/StateBadge';

type Session = Schemas['SessionView'];

const address = (id: string) => `/portfolio/${encodeURIComponent(id)}`;

const columns: Column<Session>[] = [
    { id: 'id', title: 'Portfolio', width: 220, value: (s) => s.id, cell: (s) => <a href={address(s.id)}>{s.id}</a> },
    { id: 'state', title: 'Session', width: 160, value: (s) => s.phase, cell: (s) => <StateBadge session={s} /> },
    {
        id: 'weights',
        title: 'Weights in force',
        width: 160,
        value: (s) => s.status?.weightsVersion,
        cell: (s) => (s.status?.weightsVersion ? `version ${number(s.status.weightsVersion)}` : 'of the configuration'),
    },
    {
        id: 'strategies',
        title: 'Strategies',
        width: 100,
        figure: true,
        value: (s) => s.status?.strategies,
        cell: (s) => number(s.status?.strategies),
    },
];

/** Portfolios whose weights can be set: those of the live sessions, and any other by name. */
export default function PortfoliosView() {
    useTitle('Portfolios');
    const { route } = useLocation();
    const [name, setName] = useState('');
    const sessions = useQuery('sessions', () => json<Session[]>('/sessions'));
    useChanges(['session', 'weights'], sessions.reload);
    return (
        <>
            <h1>Portfolios</h1>
            <p class="lead">
                A portfolio has the name of its account. Its weights have versions: who set what, when and why. A live session takes a new
                version from the next bar on.
            </p>
            <Loaded query={sessions}>
                {(all) =>
                    all.length === 0 ? (
                        <Empty title="No account is traded here">
                            <p>Weights can be set before a session starts: open a portfolio by its name.</p>
                        </Empty>
                    ) : (
                        <DataTable label="Portfolios" rows={all} columns={columns} id={(s) => s.id} onOpen={(s) => route(address(s.id))} />
                    )
                }
            </Loaded>
            <form
                class="row"
                onSubmit={(e) => {
                    e.preventDefault();
                    if (name.trim() !== '') route(address(name.trim()));
                }}
            >
                <TextField label="Another portfolio" value={name} onValue={setName} placeholder="main" />
                <div class="field">
                    <span class="label" aria-hidden="true">
                        &nbsp;
                    </span>
                    <button type="submit" disabled={name.trim() === ''}>
                        Open
                    </button>
                </div>
            </form>
        </>
    );
}
