using System.CommandLine;
using System.Text.Json;
using Granary.Cli.Tables;
using Granary.Data.Quality;
using Granary.Data.Reading;
using Granary.Data.Sources;
using Granary.Engine;
using Granary.Engine.Catalogues;
using Granary.Engine.Market;
using Granary.Simulation.Batches;
using Granary.Simulation.Catalogues;
using Granary.Simulation.Json;
using Granary.Simulation.MarketData;
using Granary.Storage.Addresses;

namespace Granary.Cli.Commands;

/// <summary><c>granary data check</c>: checks the quality of bar files or of stored markets.</summary>
internal static class DataCheckCommand
{
    private sealed record Options : BarFileForm
    {
        [Key("the store: a folder, postgres://… or questdb://…")]
        public string? Store { get; init; }
        [Key("check the chains of futures of this batch file: holes, overlaps, order of the contracts, volume before the rolls")]
        public string? Batch { get; init; }
        [Key("check only this symbol (all symbols of the store)")]
        public string? Symbol { get; init; }
        [Key("timeframe, such as 1m, 1h or 1d")]
        public string? Timeframe { get; init; }
        [Key("trading hours of the market of a FILE: 24/7, XNYS, or a zone with hours, such as \"America/New_York 09:30-16:00\" or, "
            + "with a break, \"Asia/Tokyo 09:00-11:30,12:30-15:30\" (detected from the bars)")]
        public string? Session { get; init; }
        [Key("print the result as JSON")]
        public bool Json { get; init; }
        [Key("also repair what is safe, and log each change: for a FILE, write a copy in order of time without repetitions; "
            + "for PostgreSQL, correct the catalogue's counts of rows")]
        public bool Fix { get; init; }
        [Key("the fixed copy (FILE.fixed.csv); of a store, the log")]
        public string? Out { get; init; }
    }

    public static Command Create(CompositionRoot root)
    {
        var files = new Argument<string[]>("FILE")
        {
            Arity = ArgumentArity.ZeroOrMore,
            Description = "bar files of one symbol each, or a stored market. A gap that all of them share is not a fault",
        };
        var command = new Command("check",
            "Gaps, duplicates, order, consistency, outliers, frozen prices, unadjusted splits, granularity, daylight saving, completeness "
                + "of days. Ends with exit code 1 if it finds errors.") { files };
        var options = new OptionBinding<Options>(command);
        command.SetAction(async (call, token) =>
        {
            var (given, paths) = (options.Read(call), call.GetValue(files)!);
            var reports = given.Batch is { } batch ? await CheckChainsAsync(batch, paths, given, root.Catalogues(call), token)
                : paths.Length == 0 ? await CheckStoreAsync(given, root.Catalogues(call).Stores, token)
                : await CheckFilesAsync(paths, given, given.ToOptions(root.Catalogues(call)), token);
            return reports.Any(r => r.Findings.Any(f => f.Severity == Severity.Error)) ? CommandLine.Failed : 0;
        });
        return command;
    }

    private static async Task<IReadOnlyList<QualityReport>> CheckChainsAsync(string batch, string[] paths, Options given,
        GranaryCatalogues catalogues, CancellationToken token)
    {
        if (paths.Length > 0 || (given.Store ?? given.Symbol ?? given.Timeframe ?? given.Session ?? given.Out) is not null || given.Fix)
            throw new InputException("--batch checks the chains of a batch file, which names their bars; leave FILE and all options but "
                + "--json out");
        var reports = await ChainCheck.RunAsync(new BatchReader(catalogues).Read(batch).Data, catalogues, token);
        Write(reports, given.Json);
        return reports;
    }

    private static async Task<IReadOnlyList<QualityReport>> CheckFilesAsync(string[] paths, Options given, BarFileOptions reading,
        CancellationToken token)
    {
        if (given.Fix && paths.Length > 1) throw new InputException("--fix writes a copy of one file: give a single FILE");
        reading = reading with
        {
            Adjust = false,
            Template = Given.Session(given.Session) is { } calendar
                ? new Instrument { Symbol = given.Symbol ?? "", Calendar = calendar } : null,
        };
        var reports = new List<QualityReport>();
        DataFixResult? repaired = null;
        foreach (var path in paths)
        {
            var query = new BarQuery(given.Symbol ?? Path.GetFileName(path).Split('.')[0],
                Given.TimeframeOf(path, given.Timeframe, reading));
            reports.Add(await DataCheck.FileAsync(path, query, reading, token));
            if (given.Fix) repaired = await DataFix.RunAsync(path, query, reading, given.Out ?? path + ".fixed.csv", token);
        }
        Write(reports, given.Json);
        if (repaired is { } r)
            Repairs(given).WriteLine($"{r.File}: {r.Bars:N0} bars; {r.Moved:N0} rows moved, {r.Repeated:N0} repetitions left out, "
                + $"{r.LeftOut:N0} rows to be corrected by hand; {r.Log} has each");
        return reports;
    }

    private static async Task<IReadOnlyList<QualityReport>> CheckStoreAsync(Options given, BarStoreCatalogue stores,
        CancellationToken token)
    {
        if (given is not { Store: { } store, Timeframe: { } typed })
            throw new InputException("nothing to check: give a FILE, or --store DIR --symbol S --timeframe TF");
        var timeframe = Given.Timeframe(typed);
        var address = Address.Parse(store);
        await using var opened = stores.Open(address);
        var symbols = given.Symbol is { } name ? [name] : await opened.Source(adjust: false).ListSymbolsAsync(timeframe, token);
        if (given.Fix && symbols.Count > 1) throw new InputException("--fix corrects one market: name its --symbol");
        var catalogue = given.Fix && symbols.Count == 1 ? await opened.RepairAsync(symbols[0], timeframe, token) : null;
        var reports = await new StoredMarkets(stores).CheckAsync(address, given.Symbol, timeframe, token);
        Write(reports, given.Json);
        if (catalogue is null) return reports;
        var lines = catalogue.Count == 0 ? ["nothing had to be changed"]
            : catalogue.Select(line => line + "; the catalogue is corrected").ToArray();
        if (given.Out is { } log) await File.WriteAllLinesAsync(log, lines, token);
        foreach (var line in lines) Repairs(given).WriteLine(line);
        return reports;
    }

    // With JSON on stdout, the repairs are reported on stderr.
    private static TextWriter Repairs(Options given) => given.Json ? Console.Error : Console.Out;

    private static void Write(IReadOnlyList<QualityReport> reports, bool asJson)
    {
        var findings = MarketAnswers.FindingsOf(reports);
        if (asJson)
        {
            Console.WriteLine(JsonSerializer.Serialize(findings, Output.Json));
            return;
        }
        if (findings.Count == 0)
        {
            Console.WriteLine("Nothing was found.");
            return;
        }
        Column[] columns = [Column.Text("Symbol"), Column.Text("Severity"), Column.Text("Where"), Column.Text("What"),
            Column.Text("Remedy")];
        TableWriter.Write("", columns, findings.Select(f =>
            new[] { f.Symbol, f.Severity.ToLowerInvariant(), f.Place, f.Sentence, f.Remedy }));
    }
}
