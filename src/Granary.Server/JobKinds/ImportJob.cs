using Granary.Data.BarFiles;
using Granary.Data.Import;
using Granary.Data.Reading;
using Granary.Engine;
using Granary.Engine.Catalogues;
using Granary.Engine.Market;
using Granary.Server.Jobs;
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
    public override async Task<JobOutcome> RunAsync(JobContext run, CancellationToken cancellationToken)
    {
        var started = run.Clock.GetTimestamp();
        IReadOnlyList<string> found = [.. files.SelectMany(f => ImportFiles.Find([f.Path!], f.Files))];
        var (results, faults) = symbol is not null
            ? (await BarImport.RunAsync(request(symbol, found), catalogues.Stores, cancellationToken).ConfigureAwait(false), [])
            : await MarketsImport.RunAsync(found, options, request, catalogues.Stores,
                RunOutcome.Stages<(int Done, int Markets)>(run, p => FormattableString.Invariant($"{p.Done} of {p.Markets} markets")),
                cancellationToken).ConfigureAwait(false);
        results = [.. results.Select(r => r with { File = catalogues.Shown(r.File), Notes = [.. r.Notes.Select(catalogues.Shown)] })];
        faults = [.. faults.Select(catalogues.Shown)];
        await ResultFile.WriteAsync(run.Folder, ImportJson.Write(results, faults), cancellationToken).ConfigureAwait(false);
        return faults.Count == 0 ? new JobOutcome(null, null, run.Clock.GetElapsedTime(started).TotalSeconds, 0, 0)
            : throw new InputException(string.Join(Environment.NewLine, faults));
    }
}

/// <summary>The request of an <see cref="ImportJob"/>.</summary>
internal sealed record ImportJobRequest
{
    [Key("Files and folders, relative to the data folder; * stands for any letters.", Offers = "file")]
    public required IReadOnlyList<Address> Files { get; init; }

    [Key("A folder, which is created if it is missing, or postgres://…", Offers = "store")]
    public required Address Store { get; init; }

    [Key("The market of all files.", Offers = "symbol")]
    public string? Symbol { get; init; }

    [Key("name: each file's name begins with its symbol. Give this or a symbol.", Words = "name")]
    public string? SymbolFrom { get; init; }

    [Key("The length of the bars; without it, that of each market's first file.")]
    public Timeframe? Timeframe { get; init; }

    [Key("The format of the files, such as yahoo or binance; auto detects it.")]
    public string Format { get; init; } = "auto";

    [Key("Whether the times of the files are those of the bars' open or close; without it opens, and for weeks and months "
        + "what their dates show.", Words = "open close")]
    public string? Stamp { get; init; }

    [Key("The time zone of times without one, such as America/New_York; without it, that of the format.", Offers = "time-zone")]
    public string? TimeZone { get; init; }

    [Key("The columns of a table of your own, such as { \"time\": \"Date\", \"close\": 5 }.")]
    public ColumnMapping? Columns { get; init; }

    [Key("Further columns of numbers that are stored with the bars, by their names in the header; all stores all of numbers.")]
    public IReadOnlyList<string> FurtherColumns { get; init; } = [];
}

/// <summary>The kind of <see cref="ImportJob"/>.</summary>
internal sealed class ImportKind : RequestKind<ImportJobRequest>
{
    public override string Name => "import";

    public override string Summary => "Parse and check bar files, and add their bars to a store; importing again changes nothing.";

    protected override Job Read(ImportJobRequest request, JsonPart body, JobText text, GranaryCatalogues catalogues)
    {
        if (request.Symbol is null == request.SymbolFrom is null)
            throw body.Fault("give 'symbol' for files of one market, or \"symbolFrom\": \"name\" for a market in each file's name");
        var options = new BarFileOptions
        {
            Files = request.Store.Files,
            Format = request.Format,
            Formats = catalogues.Formats,
            TimeZone = request.TimeZone,
            Stamp = request.Stamp switch { null => null, "close" => BarStamp.Close, _ => BarStamp.Open },
            Columns = request.Columns,
        };
        return new ImportJob(text, request.Files, request.Symbol, options, (s, of) => new ImportRequest(of, request.Store, s,
            request.Timeframe ?? TimeframeOf(of[0], options), options)
        {
            Further = request.FurtherColumns,
        }, catalogues);
    }

    private static Timeframe TimeframeOf(string file, BarFileOptions options) => BarFile.Inspect(file, options).Timeframe
        ?? throw new BarDataException($"{file}: the times of the rows show no length of the bars; give 'timeframe'");
}
