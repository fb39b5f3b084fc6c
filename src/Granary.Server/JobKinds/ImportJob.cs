using System.Text.Json;
using Granary.Data.Import;
using Granary.Data.Reading;
using Granary.Engine.Market;
using Granary.Server.Jobs;
using Granary.Simulation.Batches;
using Granary.Simulation.Catalogues;
using Granary.Simulation.Json;
using Granary.Storage.Addresses;

namespace Granary.Server.JobKinds;

/// <summary>A job that imports bar files into a store. Its result is the file <c>result.json</c>.</summary>
/// <param name="files">Files, folders and patterns.</param>
/// <param name="symbol">The market of all files; null if each file's name begins with its symbol.</param>
internal sealed class ImportJob(JobText text, IReadOnlyList<Address> files, string? symbol, BarFileOptions options,
    Func<string, IReadOnlyList<string>, ImportRequest> request, GranaryCatalogues catalogues) : Job(text, "import")
{
    public override async Task<JobOutcome> RunAsync(JobRun run, CancellationToken cancellationToken)
    {
        var started = run.Clock.GetTimestamp();
        IReadOnlyList<string> found = [.. files.SelectMany(f => ImportFiles.Find([f.Path!]).Select(found => f.Reaches(found) ? found
            : throw new InputException($"{found}: a link leads out of the server's data folder; copy the file into it")))];
        var (results, faults) = symbol is not null
            ? (await BarImport.RunAsync(request(symbol, found), catalogues.Stores, cancellationToken).ConfigureAwait(false), [])
            : await MarketsImport.RunAsync(found, options, request, catalogues.Stores,
                RunOutcome.Stages<(int Done, int Markets)>(run, p => FormattableString.Invariant($"{p.Done} of {p.Markets} markets")),
                cancellationToken).ConfigureAwait(false);
        await ResultFile.WriteAsync(run.Folder, ImportJson.Write(results, faults), cancellationToken).ConfigureAwait(false);
        return faults.Count == 0 ? new JobOutcome(null, null, run.Clock.GetElapsedTime(started).TotalSeconds, 0, 0)
            : throw new InputException(string.Join(Environment.NewLine, faults));
    }
}

/// <summary>The kind of <see cref="ImportJob"/>.</summary>
internal sealed class ImportKind : JobKind
{
    public override string Name => "import";

    public override string Summary => "Parse and check bar files, and add their bars to a store; importing again changes nothing.";

    public override Job Read(JobText text, GranaryCatalogues catalogues)
    {
        var body = JobRequest.Only(text, catalogues, "files", "store", "symbol", "symbolFrom", "timeframe", "format", "stamp", "timeZone",
            "columns");
        var symbol = body.Find("symbol")?.String();
        if (symbol is null == (body.Find("symbolFrom")?.Choice(("name", true)) is null))
            throw body.Fault("give 'symbol' for files of one market, or \"symbolFrom\": \"name\" for a market in each file's name");
        var store = body.Need("store").Address();
        var timeframe = BatchReader.Timeframe(body.Need("timeframe"));
        var options = new BarFileOptions
        {
            Format = body.Find("format")?.String() ?? "auto",
            Formats = catalogues.Formats,
            TimeZone = body.Find("timeZone")?.String(),
            Stamp = body.Find("stamp")?.Choice(("open", BarStamp.Open), ("close", BarStamp.Close)) ?? BarStamp.Open,
            Columns = body.Find("columns") is { } columns ? ColumnsSection.Read(columns) : null,
        };
        return new ImportJob(text, [.. body.Need("files").OneOrMany().Select(f => f.Address(Address.Plain))],
            symbol, options, (s, of) => new ImportRequest(of, store, s, timeframe, options), catalogues);
    }
}
