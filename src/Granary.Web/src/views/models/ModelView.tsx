import { useRoute } from 'preact-iso';
import { useState } from 'preact/hooks';
import { can } from '../../api/caller';
import { api, take, type Schemas } from '../../api/client';
import { useQuery } from '../../api/useQuery';
import { useSearch } from '../../api/useSearch';
import { Badge } from '../../components/Badge';
import { Confirm } from '../../components/Dialog';
import { Loaded } from '../../components/States';
import { DataTable, type Column } from '../../components/Table';
import { number } from '../../format/numbers';
import { time } from '../../format/times';
import { useTitle } from '../../layout/title';
import { Challenger } from './Challenger';
import { mainFigure, type Written } from './unit';
import { Version } from './Version';

type Entry = Schemas['VersionEntry'];

const figure = (figures: Record<string, Written>) => mainFigure(figures)?.value ?? null;

function columnsOf(shown: number): Column<Entry>[] {
    return [
        {
            id: 'number',
            title: 'Version',
            width: 90,
            value: (v) => v.number,
            cell: (v) => (
                <a href={`?version=${v.number}`} aria-current={v.number === shown ? 'true' : undefined}>
                    {v.number}
                </a>
            ),
        },
        {
            id: 'current',
            title: 'Use',
            width: 100,
            value: (v) => (v.isCurrent ? 1 : 0),
            cell: (v) => (v.isCurrent ? <Badge kind="yes">current</Badge> : ''),
        },
        { id: 'trainer', title: 'Trainer', width: 160, value: (v) => v.lineage.trainer, cell: (v) => v.lineage.trainer },
        { id: 'label', title: 'Predicts', width: 130, value: (v) => v.lineage.label, cell: (v) => v.lineage.label },
        {
            id: 'oos',
            title: 'Out of sample',
            width: 120,
            figure: true,
            value: (v) => figure(v.lineage.outOfSample),
            cell: (v) => `${mainFigure(v.lineage.outOfSample)?.name ?? ''} ${number(figure(v.lineage.outOfSample), 3)}`,
        },
        {
            id: 'is',
            title: 'In sample',
            width: 100,
            figure: true,
            value: (v) => figure(v.lineage.inSample),
            cell: (v) => number(figure(v.lineage.inSample), 3),
        },
        {
            id: 'samples',
            title: 'Samples',
            width: 90,
            figure: true,
            value: (v) => v.lineage.samples,
            cell: (v) => number(v.lineage.samples),
        },
        { id: 'to', title: 'Learned from data to', width: 160, value: (v) => v.lineage.to, cell: (v) => time(v.lineage.to) },
        { id: 'created', title: 'Trained', width: 150, value: (v) => v.lineage.createdAt, cell: (v) => time(v.lineage.createdAt) },
    ];
}

/** The versions of a model, and one of them in detail. */
export default function ModelView() {
    const { params } = useRoute();
    const name = params.name ?? '';
    useTitle(name);
    const {
        search: { version = '' },
        set,
    } = useSearch();
    const [asked, setAsked] = useState<number | 'rollback'>();
    const versions = useQuery(`versions ${name}`, () => take(api.GET('/api/v1/models/{name}/versions', { params: { path: { name } } })));
    return (
        <>
            <p class="eyebrow">
                <a href="/models">Models</a>
            </p>
            <h1>{name}</h1>
            <Loaded query={versions}>
                {(all) => {
                    const current = all.find((v) => v.isCurrent)?.number ?? 0;
                    const newest = all.at(-1)?.number ?? 0;
                    const shown = Number(version) || current || newest;
                    return (
                        <>
                            {can('admin') && (
                                <div class="actions">
                                    {shown !== current && (
                                        <button type="button" class="primary" onClick={() => setAsked(shown)}>
                                            Promote version {number(shown)}
                                        </button>
                                    )}
                                    {current > 0 && all.length > 1 && (
                                        <button type="button" onClick={() => setAsked('rollback')}>
                                            Roll back
                                        </button>
                                    )}
                                </div>
                            )}
                            <DataTable
                                label="Versions"
                                rows={all}
                                columns={columnsOf(shown)}
                                id={(v) => String(v.number)}
                                sorting={{ id: 'number', descending: true }}
                                selected={new Set([String(shown)])}
                                onOpen={(v) => set({ version: String(v.number) })}
                                height={300}
                            />
                            {current > 0 && newest > current && <Challenger name={name} current={current} challenger={newest} />}
                            <Version name={name} number={shown} />
                            {asked !== undefined && (
                                <Decide name={name} asked={asked} onClose={() => setAsked(undefined)} onDone={versions.reload} />
                            )}
                        </>
                    );
                }}
            </Loaded>
        </>
    );
}

function Decide(props: { name: string; asked: number | 'rollback'; onClose: () => void; onDone: () => void }) {
    const { name, asked } = props;
    const path = { name };
    return (
        <Confirm
            title={asked === 'rollback' ? 'Roll back' : `Promote version ${asked}`}
            action={asked === 'rollback' ? 'Roll back' : 'Promote it'}
            onClose={props.onClose}
            onConfirm={async () => {
                if (asked === 'rollback') await take(api.POST('/api/v1/models/{name}/rollback', { params: { path } }));
                else await take(api.POST('/api/v1/models/{name}/promote', { params: { path }, body: { version: asked } }));
                props.onDone();
            }}
        >
            <p>
                {asked === 'rollback'
                    ? `The previous version of ${name} becomes the current one again.`
                    : `Version ${asked} of ${name} becomes the current one. The previous version stays in the registry, and a rollback returns to it.`}
            </p>
            <p class="soft">
                Batches name the version that they use. A session whose policy follows the registry uses the new version from the next bar
                on.
            </p>
        </Confirm>
    );
}
