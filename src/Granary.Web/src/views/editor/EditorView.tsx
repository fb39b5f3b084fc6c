import { useEffect, useRef, useState } from 'preact/hooks';
import { caller, mayRunCode } from '../../api/caller';
import { api, json, take, type Schemas } from '../../api/client';
import type { Schema } from '../../api/jsonSchema';
import { useQuery } from '../../api/useQuery';
import { useSearch } from '../../api/useSearch';
import { Empty, Loaded, Loading } from '../../components/States';
import { useTitle } from '../../layout/title';
import { example } from './code';
import { DraftBar } from './DraftBar';
import { codeOf, loadBatch } from '../runs/RunCode';
import { drafts, emptyForm, find, freeName, plainText, save } from './drafts';
import './editor.css';
import { formOf } from './parameters';
import { firstOf } from './Settings';
import { Workspace } from './Workspace';

/** What the page needs before it can run a file. */
export interface Known {
    schema: Schema;
    sources: Schemas['SourceEntry'][];
    example: { name: string; source: string };
}

/** A strategy in one C# file: source, bars, parameters, run, results. */
export default function EditorView() {
    useTitle('Editor');
    const may = mayRunCode();
    const known = useQuery(may ? 'editor' : null, async (): Promise<Known> => {
        const [schema, sources, first] = await Promise.all([
            json<Schema>('/catalogue/schemas/batch'),
            take(api.GET('/api/v1/data/sources')),
            example(),
        ]);
        return { schema, sources, example: first };
    });
    if (caller.value === undefined) return <Loading height={600} />;
    return (
        <>
            <h1>Editor</h1>
            {may ? (
                <Loaded query={known} height={600}>
                    {(found) => <Drafts known={found} />}
                </Loaded>
            ) : (
                <Empty title="Code cannot be run here">
                    <p>{caller.value.noCode}</p>
                </Empty>
            )}
        </>
    );
}

function Drafts(props: { known: Known }) {
    const { known } = props;
    const { search, set } = useSearch();
    const shown = find(search.draft ?? '') ?? drafts.value[0];
    const name = shown?.name;
    const begin = useRef(known);
    // A newcomer begins with the example.
    useEffect(() => {
        if (name !== undefined) return;
        const { example: first, sources } = begin.current;
        save(first.name, { text: first.source, form: { ...emptyForm, data: firstOf(sources) } });
    }, [name]);
    const [opened, setOpened] = useState(0);
    // From the page of a run: its source, bars and parameters become a draft.
    const { run, file } = search;
    useEffect(() => {
        if (run === undefined) return;
        void loadBatch(run).then((batch) => {
            const found = codeOf(batch).find((f) => f.name === file) ?? codeOf(batch)[0];
            if (!found) return;
            const free = freeName(
                found.name,
                drafts.value.map((d) => d.name),
            );
            save(free, { text: plainText(found.source), form: formOf(batch) });
            set({ draft: free, run: '', file: '' });
        });
    }, [run, file, set]);
    if (shown === undefined) return <Loading height={600} />;
    const open = (next: string) => set({ draft: next, from: '', to: '' });
    const add = (file: string, text: string) => {
        const free = freeName(
            file,
            drafts.value.map((d) => d.name),
        );
        save(free, { text, form: { ...emptyForm, data: firstOf(known.sources) } });
        open(free);
        setOpened(opened + 1);
    };
    return (
        <>
            <DraftBar draft={shown} onOpen={open} onNew={() => add(known.example.name, known.example.source)} onFile={add} />
            <Workspace key={`${shown.name} ${opened}`} draft={shown} known={known} />
        </>
    );
}
