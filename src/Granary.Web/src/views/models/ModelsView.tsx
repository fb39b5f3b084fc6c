import { useLocation } from 'preact-iso';
import { api, take, type Schemas } from '../../api/client';
import { useQuery } from '../../api/useQuery';
import { Badge } from '../../components/Badge';
import { Empty, Loaded } from '../../components/States';
import { DataTable, type Column } from '../../components/Table';
import { number } from '../../format/numbers';
import { useTitle } from '../../layout/title';

type Model = Schemas['ModelEntry'];

const address = (m: Model) => `/models/${encodeURIComponent(m.name)}`;

const columns: Column<Model>[] = [
    { id: 'name', title: 'Model', width: 520, value: (m) => m.name, cell: (m) => <a href={address(m)}>{m.name}</a> },
    { id: 'versions', title: 'Versions', width: 90, figure: true, value: (m) => m.versions, cell: (m) => number(m.versions) },
    {
        id: 'current',
        title: 'Current',
        width: 130,
        value: (m) => m.current,
        cell: (m) => (m.current > 0 ? <Badge kind="yes">version {m.current}</Badge> : <Badge>none</Badge>),
    },
    {
        id: 'faults',
        title: 'Damaged',
        width: 520,
        value: (m) => m.faults.length,
        cell: (m) => m.faults.join(' '),
    },
];

/** The models of the server's registry. */
export default function ModelsView() {
    useTitle('Models');
    const { route } = useLocation();
    const models = useQuery('models', () => take(api.GET('/api/v1/models')));
    return (
        <>
            <h1>Models</h1>
            <p class="lead">
                Trained models by name, each in numbered versions. The current version is the one that batches and sessions ask.
            </p>
            <Loaded query={models}>
                {(all) =>
                    all.length === 0 ? (
                        <Empty title="The registry has no model yet">
                            <p>
                                A batch with a section learning trains some: submit it as a job of the kind train, or run{' '}
                                <code>granary train BATCH.json</code>. The server’s option --models names the registry.
                            </p>
                        </Empty>
                    ) : (
                        <DataTable label="Models" rows={all} columns={columns} id={(m) => m.name} onOpen={(m) => route(address(m))} />
                    )
                }
            </Loaded>
            <p class="note">
                Trainings at set times are <a href="/schedules">schedules</a>.
            </p>
        </>
    );
}
