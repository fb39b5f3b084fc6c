import { useLocation } from 'preact-iso';
import { useState } from 'preact/hooks';
import { api, json, take, type Schemas } from '../../api/client';
import { faultAt, textOf, type Fault, type JsonMap, type Schema } from '../../api/jsonSchema';
import { useQuery } from '../../api/useQuery';
import { TextField } from '../../components/Field';
import { Loaded } from '../../components/States';
import { useTitle } from '../../layout/title';
import { put } from '../batches/batch';
import { DataFields } from '../batches/DataFields';
import { JobForm } from '../jobs/JobForm';
import { useKinds, type Kind } from '../jobs/kinds';
import { quantilesFor, requestOf } from './study';

interface Known {
    schema: Schema;
    sources: Schemas['SourceEntry'][];
}

/** A form that starts a factor study. */
export default function NewStudyView() {
    useTitle('Factor study');
    const kinds = useKinds();
    const known = useQuery('new study', async (): Promise<Known> => {
        const [schema, sources] = await Promise.all([json<Schema>('/catalogue/schemas/batch'), take(api.GET('/api/v1/data/sources'))]);
        // Bars of a day: those of markets with different hours have no times in common.
        const daily = sources.flatMap((s) =>
            s.source.startsWith('generated:') && s.timeframe !== '1d' ? [{ ...s, timeframe: '1d' }] : [],
        );
        return { schema, sources: [...daily, ...sources] };
    });
    return (
        <>
            <h1>Factor study</h1>
            <p class="lead">
                Do high values of a factor come before high returns? The study ranks all symbols on each date, and corrects its tests for
                the number of factors and horizons that it tries.
            </p>
            <Loaded query={kinds} height={600}>
                {(all) => (
                    <Loaded query={known} height={600}>
                        {(k) => <Form known={k} kind={all.find((one) => one.name === 'study')} />}
                    </Loaded>
                )}
            </Loaded>
        </>
    );
}

function Form(props: { known: Known; kind: Kind | undefined }) {
    const { schema, sources } = props.known;
    const { route } = useLocation();
    // A study compares symbols: it begins with the source that has the most of them.
    const first = [...sources].sort((a, b) => b.symbols.length - a.symbols.length)[0];
    const [data, setData] = useState<JsonMap>({ source: first?.source ?? '', symbols: '*', timeframe: first?.timeframe ?? '1d' });
    const [factors, setFactors] = useState('roc(20);rsi(14)');
    const [horizons, setHorizons] = useState('1,5,20');
    const [faults, setFaults] = useState<Fault[]>([]);
    const symbols = Array.isArray(data.symbols) ? data.symbols.map(textOf) : [];
    const source = sources.find((s) => s.source === data.source && s.timeframe === data.timeframe);
    const quantiles = quantilesFor(symbols.length > 0 ? symbols.length : (source?.symbols.length ?? Infinity));
    const fields = {
        source: textOf(data.source),
        symbols: symbols.join(','),
        timeframe: textOf(data.timeframe),
        from: textOf(data.from),
        to: textOf(data.to),
        factors,
        horizons,
    };
    let next: JsonMap = { data };
    return (
        <>
            <DataFields
                value={{ data }}
                schema={schema}
                sources={sources}
                faults={faults}
                set={(path, value) => {
                    next = put(next, path, value);
                    setData((next.data ?? {}) as JsonMap);
                }}
            />
            <div class="row fields">
                <TextField
                    label="Factors"
                    hint="With semicolons between, such as roc(20);rsi(14)"
                    fault={faultAt(faults, 'factors')}
                    value={factors}
                    onValue={setFactors}
                />
                <TextField
                    label="Horizons"
                    hint="Bars over which returns are taken, ascending, with commas between"
                    fault={faultAt(faults, 'horizons')}
                    value={horizons}
                    onValue={setHorizons}
                />
            </div>
            <p class="note">Quantiles need two symbols each: without a number below, these symbols make {quantiles}.</p>
            <JobForm
                kind="study"
                schema={props.kind?.schema ?? {}}
                action="Start the study"
                initial={{}}
                skip={['data', 'factors', 'horizons']}
                complete={(value) => requestOf(fields, { ...(quantiles === 5 ? {} : { quantiles }), ...value })}
                onStarted={(job) => route(`/jobs/${encodeURIComponent(job.id)}?then=results`)}
                onFaults={setFaults}
            />
        </>
    );
}
