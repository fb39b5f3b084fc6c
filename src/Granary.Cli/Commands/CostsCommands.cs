using System.CommandLine;
using System.Text.Json;
using Granary.Backtesting.Costs;
using Granary.Cli.Tables;
using Granary.Engine;
using Granary.Engine.Catalogues;
using Granary.Engine.Market;
using Granary.Reporting.Runs;
using Granary.Simulation.Batches;
using Granary.Simulation.Catalogues;
using Granary.Simulation.Costs;
using Granary.Simulation.Json;
using Granary.Storage.Addresses;
using Granary.Storage.Files;
using Granary.Trading.Costs;

namespace Granary.Cli.Commands;

/// <summary><c>granary costs fit</c>: measures what fills cost.</summary>
internal static class CostsCommands
{
    // Fills outside of their bar that are printed.
    private const int MostNamed = 10;

    private sealed record Options
    {
        [Key("bars of the fills of a file, such as csv:DIR or store:DIR: their closes, opens, volumes and ranges")]
        public string? Bars { get; init; }
        [Key("timeframe of the bars (of --bars 1d, of a journal its shortest)")]
        public string? Timeframe { get; init; }
        [Key("symbol of a file without such a column")]
        public string? Symbol { get; init; }
        [Key("how far outside of the low and high of its bar a fill may be, in percent; others are left out and named"), Range(0, 100)]
        public double Tolerance { get; init; } = 100 * FillSet.DefaultTolerance;
        [Key("the file to write; its page and its table have the same name", Offers = "file")]
        public string Out { get; init; } = "costs.json";
        [Key("seed of the resamples"), Range(0, 9007199254740992)]
        public long Seed { get; init; } = 1;
        [Key("print only faults")]
        public bool Quiet { get; init; }
        [Key("print the result as JSON")]
        public bool Json { get; init; }
    }

    public static Command Create(CompositionRoot root) => new("costs", "Measure what fills cost.") { Fit(root) };

    private static Command Fit(CompositionRoot root)
    {
        var sources = new Argument<string[]>("STATE|FILLS")
        {
            Description = "states of live sessions (a folder, or postgres://…?account=NAME), which may run, and CSV files of other fills",
            Arity = ArgumentArity.OneOrMore,
        };
        var command = new Command("fit",
            "Measure slippage of market and stop orders by side, venue, size, volatility and hour from journals and other fills, with "
                + "intervals.") { sources };
        var options = new OptionBinding<Options>(command);
        command.SetAction(async (call, token) =>
        {
            var given = options.Read(call);
            var named = call.GetValue(sources)!;
            if (!given.Out.EndsWith(".json", StringComparison.OrdinalIgnoreCase))
                throw new InputException($"--out {given.Out}: the costs are JSON; name a file such as costs.json");
            CostStudyFiles.RequireApart(given.Out, named.Where(IsFile));
            var set = await ReadAsync(named, given, root.Catalogues(call), token);
            var costs = CostStudy.Of(set, [.. named.Select(s => Address.Parse(s).ToString())], (ulong)given.Seed);
            CostStudyFiles.Write(given.Out, costs);
            if (given.Json) Console.WriteLine(CostFile.Write(costs));
            else if (!given.Quiet) Show(costs, given.Out);
            return 0;
        });
        return command;
    }

    private static async Task<FillSet> ReadAsync(string[] sources, Options given, GranaryCatalogues catalogues,
        CancellationToken cancellationToken)
    {
        var timeframe = given.Timeframe is { } text ? Given.Timeframe(text) : (Timeframe?)null;
        var (set, files) = (new FillSet { Tolerance = given.Tolerance / 100 }, sources.Where(IsFile).ToList());
        if (given.Bars is not null && files.Count == 0)
            throw new InputException($"--bars {given.Bars}: a journal has its own bars; leave it out");
        foreach (var file in files) FillFile.Read(file, PermittedFiles.All, catalogues.Tables, given.Symbol, set);
        if (given.Bars is { } bars)
            await FillBars.AddAsync(set, DataOf(bars, timeframe ?? Timeframe.D1, catalogues), catalogues, cancellationToken);
        foreach (var state in sources.Where(s => !IsFile(s)))
            await JournalFills.ReadAsync(state, timeframe, set, TimeProvider.System, cancellationToken);
        return set;
    }

    // A missing path without an extension is that of a state, whose reader says what is wrong.
    private static bool IsFile(string source) => !Directory.Exists(source) && !Address.Parse(source).IsDatabase
        && (File.Exists(source) || Path.HasExtension(source));

    private static DataSpec DataOf(string source, Timeframe timeframe, GranaryCatalogues catalogues)
    {
        var text = JsonSerializer.SerializeToUtf8Bytes(new { source, symbols = (string[])["*"], timeframe = timeframe.ToString() });
        return BatchReader.Data(JsonPart.Parse("--bars", text, null, catalogues.PlaceOf(DataFolder.Of(Directory.GetCurrentDirectory()))));
    }

    private static void Show(CostStudyResults costs, string file)
    {
        foreach (var model in costs.Models)
        {
            var rows = model.Sides.Select(s => (s.Side, "all", s.Fills, s.Raw, s.Cost))
                .Concat(model.Cells.Select(c => (c.Side, c.Venue ?? "", c.Fills, c.Raw, c.Cost)));
            TableWriter.Write($"Against the {Words(model.Reference)}, basis points, at mean size, volatility and hour "
                + FormattableString.Invariant($"({costs.Level:0%} interval; upper {costs.UpperLevel:0%})"),
                [Column.Text("Side"), Column.Text("Venue"), Column.Number("Fills"), Column.Number("Mean of fills"), Column.Number("Cost"),
                    Column.Number("Low"), Column.Number("High"), Column.Number("Upper")],
                rows.Prepend(("both", "all", model.Fills, model.Raw, model.Pool)).Select(r => new[]
                {
                    r.Item1, r.Item2, Cell.Count(r.Item3), Cell.Ratio(r.Item4), Cell.Ratio(r.Item5.Mean), Cell.Ratio(r.Item5.Low),
                    Cell.Ratio(r.Item5.High), Cell.Ratio(r.Item5.Upper),
                }));
        }
        foreach (var (reason, fills) in costs.LeftOut) Output.Marked("Note", $"{Counted.Of(fills, "fill")} left out: {reason}.");
        var outside = costs.OutsideRange ?? [];
        foreach (var fill in outside.Take(MostNamed)) Output.Marked("Note", $"{fill}.");
        if (outside.Count > MostNamed)
            Output.Marked("Note", $"{Counted.Of(outside.Count - MostNamed, "more fill")} outside of the range of their bar: outsideRange of "
                + $"{file} names all.");
        foreach (var note in costs.Notes) Output.Marked("Note", note);
        Console.WriteLine($"Hash {costs.Hash}");
        Console.WriteLine($"Report {Path.GetFullPath(CostStudyFiles.PageOf(file))}");
        Console.WriteLine($"Costs {Path.GetFullPath(file)}");
    }

    private static string Words(string reference) => reference switch
    {
        "open" => "next open",
        "close" => "signal's close",
        CostModel.OfStops => "trigger of stop orders",
        _ => "mid of bid and ask",
    };
}
