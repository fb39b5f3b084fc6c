using System.CommandLine;
using System.ComponentModel;
using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Serialization;
using Granary.Application.Catalogues;
using Granary.Application.Json;
using Granary.Application.Options;
using Granary.Data.Import;
using Granary.Data.Stores;
using Granary.Exchanges.Candles;
using Granary.Reporting.Runs;

namespace Granary.Cli.Commands;

/// <summary><c>granary data import FILE…</c>: bars of files, or of an exchange, into a store.</summary>
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
        [Description("download from kucoin, gateio or binance instead of reading files")]
        public string? FromExchange { get; init; }
        [Description("the first bar of a download, as 2024-01-31 or 2024-01-31T14:30:00Z"), JsonConverter(typeof(UtcTicks))]
        public long? From { get; init; }
        [Description("the end of a download: the first bar that is left out (now)"), JsonConverter(typeof(UtcTicks))]
        public long? To { get; init; }
        [Description("the address of the exchange")]
        public string? Endpoint { get; init; }
        [Description("print the result as JSON")]
        public bool Json { get; init; }
    }

    public static Command Create(CompositionRoot root)
    {
        var files = new Argument<string[]>("FILE") { Arity = ArgumentArity.ZeroOrMore, Description = "bar files of one market" };
        var command = new Command("import", "Parse, check and store bars; importing again changes nothing.") { files };
        var options = new OptionBinding<Options>(command);
        command.SetAction(async (call, token) =>
        {
            var given = options.Read(call);
            var known = root.Catalogues(call);
            if (given.FromExchange is not null) return await DownloadAsync(given, call.GetValue(files)!, known, token);
            if (call.GetValue(files) is not { Length: > 0 }) throw new InputException("name a file, or give --from-exchange");
            if (given.From is not null || given.To is not null || given.Endpoint is not null)
                throw new InputException("--from, --to and --endpoint belong to --from-exchange; leave them out for files");
            var results = await BarImport.RunAsync(new ImportRequest(call.GetValue(files)!, given.Store, given.Symbol,
                Given.Timeframe(given.Timeframe), given.ToOptions(known)), known.Stores, token);
            if (given.Json) WriteJson(results);
            else Show(results);
            return 0;
        });
        return command;
    }

    private static async Task<int> DownloadAsync(Options given, string[] files, GranaryCatalogues known, CancellationToken token)
    {
        if (files.Length > 0) throw new InputException("files and --from-exchange are two imports; give one of them");
        if (given.From is not { } from) throw new InputException("--from-exchange needs --from, the first bar");
        var to = given.To ?? DateTime.UtcNow.Ticks;
        if (to <= from) throw new InputException("--to lies before --from");
        await using var candles = ExchangeCandles.Open(given.FromExchange!, given.Endpoint, TimeProvider.System);
        await using var store = known.Stores.Open(given.Store);
        var shown = new Stopwatch();
        var progress = new Progress(p =>
        {
            if (given.Json || shown.IsRunning && shown.ElapsedMilliseconds < 2000) return;
            shown.Restart();
            Console.Error.WriteLine($"{RunText.Time(p.At)}: {p.Bars:N0} bars, {p.Share:P0}");
        });
        var (read, added) = await ExchangeImport.RunAsync(candles, given.Symbol, Given.Timeframe(given.Timeframe), (from, to), store,
            progress,
            token);
        if (given.Json)
            Console.WriteLine(JsonSerializer.Serialize(new { Exchange = given.FromExchange, given.Symbol, given.Timeframe, read, added },
                Output.Json));
        else
            Console.WriteLine($"{given.FromExchange}: {read:N0} bars of {given.Symbol}:{given.Timeframe} downloaded, {added:N0} new");
        return 0;
    }

    // Reports at once, and in order.
    private sealed class Progress(Action<ImportProgress> report) : IProgress<ImportProgress>
    {
        public void Report(ImportProgress value) => report(value);
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
