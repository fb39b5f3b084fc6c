using System.CommandLine;
using System.ComponentModel;
using System.Text.Json;
using Granary.Data.Import;
using Granary.Data.Stores;
using Granary.Reporting.Runs;

namespace Granary.Cli.Commands;

/// <summary><c>granary data import FILE…</c>: bars of files into a store.</summary>
internal static class DataImportCommand
{
    private sealed record Options : BarFileForm
    {
        [Description("the store: a folder, postgres://… or questdb://…")]
        public required string Store { get; init; }
        [Description("the symbol of the bars")]
        public required string Symbol { get; init; }
        [Description("as 1m, 1h or 1d")]
        public required string Timeframe { get; init; }
        [Description("print the result as JSON")]
        public bool Json { get; init; }
    }

    public static Command Create(CompositionRoot root)
    {
        var files = new Argument<string[]>("FILE") { Arity = ArgumentArity.OneOrMore, Description = "bar files of one market" };
        var command = new Command("import", "Parse, check and store bars; importing again changes nothing.") { files };
        var options = new OptionBinding<Options>(command);
        command.SetAction(async (call, token) =>
        {
            var given = options.Read(call);
            var known = root.Catalogues(call);
            var results = await BarImport.RunAsync(new ImportRequest(call.GetValue(files)!, given.Store, given.Symbol,
                Given.Timeframe(given.Timeframe), given.ToOptions(known)), known.Stores, token);
            if (given.Json) WriteJson(results);
            else Show(results);
            return 0;
        });
        return command;
    }

    private static void WriteJson(IReadOnlyList<ImportResult> results) => Console.WriteLine(JsonSerializer.Serialize(results.Select(r => new
    {
        r.File,
        r.Format,
        r.Symbol,
        Timeframe = r.Timeframe.ToString(),
        r.Read,
        r.Added,
        r.Replaced,
        r.Unchanged,
        r.SkippedRows,
        r.Total,
        r.ContentHash,
        r.Notes,
    }), Output.Json));

    private static void Show(IReadOnlyList<ImportResult> results)
    {
        foreach (var r in results)
        {
            Console.WriteLine($"{r.File}: {r.Read:N0} {r.Format} bars; {r.Added:N0} new, {r.Replaced:N0} changed, {r.Unchanged:N0} known; "
                + $"{r.Symbol}:{r.Timeframe} now has {r.Total:N0}, {RunText.Time(r.First)} to {RunText.Time(r.Last)}");
            foreach (var d in r.Differences)
                Console.WriteLine(FormattableString.Invariant($"  {RunText.Time(d.Time)}: {d.Field} was {d.Was}, is {d.Is}"));
            foreach (var note in r.Notes) Console.WriteLine("  " + note);
        }
    }
}
