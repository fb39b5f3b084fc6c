using System.CommandLine;
using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Serialization;
using Granary.Data.Import;
using Granary.Data.Reading;
using Granary.Data.Stores;
using Granary.Engine;
using Granary.Engine.Catalogues;
using Granary.Engine.Market;
using Granary.Exchanges.Candles;
using Granary.Reporting.Runs;
using Granary.Server.JobKinds;
using Granary.Simulation.Catalogues;
using Granary.Simulation.Json;
using Granary.Simulation.Keys;
using Granary.Storage.Addresses;

namespace Granary.Cli.Commands;

/// <summary><c>granary data import FILE…</c>: bars of files, or of an exchange, into a store.</summary>
internal static class DataImportCommand
{
    private sealed record Options : BarFileForm
    {
        [Key("the store: a folder, postgres://… or questdb://…")]
        public required string Store { get; init; }
        [Key("the symbol; all FILEs have bars of this market (of one FILE, its column of symbols or its name)")]
        public string? Symbol { get; init; }
        [Key("name: the name of each FILE begins with its market, such as BTCUSDT.csv and BTCUSDT-1m-2024-01.csv, "
            + "or the FILE has a column with the symbols")]
        public string? SymbolFrom { get; init; }
        [Key("timeframe, such as 1m, 1h or 1d (by the steps between the rows)")]
        public string? Timeframe { get; init; }
        [Key("further columns of numbers that are stored with the bars, by their names in the header, such as open_interest,funding; "
            + "all stores all of numbers (none)")]
        public string? FurtherColumns { get; init; }
        [Key("accept prices at or below zero, such as crude oil's of April 2020, which only chains of futures trade")]
        public bool NegativePrices { get; init; }
        [Key("download from kucoin, gateio or binance instead of reading files")]
        public string? FromExchange { get; init; }
        [Key("the first bar of a download, such as 2024-01-31 or 2024-01-31T14:30:00Z"), JsonConverter(typeof(UtcTicks))]
        public long? From { get; init; }
        [Key("the exclusive end of a download (now)"), JsonConverter(typeof(UtcTicks))]
        public long? To { get; init; }
        [Key("the address of the exchange")]
        public string? Endpoint { get; init; }
        [Key("print faults only")]
        public bool Quiet { get; init; }
        [Key("print the result as JSON")]
        public bool Json { get; init; }
    }

    public static Command Create(CompositionRoot root)
    {
        var files = new Argument<string[]>("FILE")
        {
            Arity = ArgumentArity.ZeroOrMore,
            Description = "bar files, folders, or patterns such as \"bars/*.csv\"",
        };
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
            return await ReadAsync(given, ImportFiles.Find(call.GetValue(files)!), known, token);
        });
        return command;
    }

    private static async Task<int> ReadAsync(Options given, IReadOnlyList<string> files, GranaryCatalogues known, CancellationToken token)
    {
        if (given is { Symbol: not null, SymbolFrom: not null })
            throw new InputException("--symbol and --symbol-from are two answers to one question; give one of them");
        if (files.Count > 1 && given is { Symbol: null, SymbolFrom: null })
            throw new InputException("give --symbol S for files of one market, or --symbol-from name for a market in each file's name");
        if (given.SymbolFrom is not (null or "name"))
            throw new InputException($"--symbol-from {given.SymbolFrom}: write --symbol-from name");
        var reading = given.ToOptions(known) with { AllowsNegative = given.NegativePrices };
        var store = Address.Parse(given.Store);
        var (timeframe, market) = Guess(given, files, reading);
        ImportRequest Request(string symbol, IReadOnlyList<string> of) => new(of, store, symbol, timeframe, reading)
        {
            Further = Given.List(given.FurtherColumns),
        };
        var (results, faults) = market is { } symbol
            ? (await BarImport.RunAsync(Request(symbol, files), known.Stores, token), [])
            : await MarketsImport.RunAsync(files, reading, Request, known.Stores, ProgressOf(given), token);
        if (given.Json) Console.WriteLine(JsonSerializer.Serialize(ImportJson.Rows(results), Output.Json));
        else if (!given.Quiet) Show(results);
        foreach (var fault in faults) CommandLine.Complain(fault);
        return faults.Count == 0 ? 0 : CommandLine.Wrong;
    }

    /// <returns>The timeframe of the files, and the symbol if all of them are of one market.</returns>
    private static (Timeframe Timeframe, string? Symbol) Guess(Options given, IReadOnlyList<string> files, BarFileOptions reading)
    {
        Timeframe? typed = given.Timeframe is { } text ? Given.Timeframe(text) : null;
        if (typed is { } known && (given.Symbol ?? given.SymbolFrom) is not null) return (known, given.Symbol);
        if (files.Count == 1 && !File.Exists(files[0])) throw new InputException($"{files[0]} does not exist; give the path of a bar file");
        // The name of the market is irrelevant where each file has its own.
        var guess = BarFileGuess.Of(files[0], given.Symbol ?? (given.SymbolFrom is null ? null : files[0]), typed, reading);
        foreach (var other in typed is null ? files.Skip(1) : [])
            if (BarFileGuess.Of(other, other, null, reading).Timeframe is var length && length != guess.Timeframe)
                throw new InputException($"{files[0]} has {guess.Timeframe} bars and {other} has {length} bars; import them one after the "
                    + "other, or name the timeframe with --timeframe");
        if (!given.Json && !given.Quiet)
            foreach (var (what, option) in guess.Guesses.Zip(guess.Overrides)) Console.Error.WriteLine($"Guessed {what}; {option}");
        return (guess.Timeframe, given.Symbol ?? (given.SymbolFrom is null && guess.Symbols is [var one] ? one : null));
    }

    // A line every two seconds shows the progress of an import of thousands of files.
    private static Progress<(int Done, int Markets)>? ProgressOf(Options given)
    {
        if (given.Quiet || given.Json) return null;
        var shown = Stopwatch.StartNew();
        return new Progress<(int Done, int Markets)>(p =>
        {
            lock (shown)
            {
                if (shown.ElapsedMilliseconds < 2000) return;
                shown.Restart();
            }
            Console.Error.WriteLine($"{Counted.Of(p.Done, p.Markets, "market")} imported");
        });
    }

    private static async Task<int> DownloadAsync(Options given, string[] files, GranaryCatalogues known, CancellationToken token)
    {
        if (given.Symbol is not { } symbol) throw new InputException("--from-exchange needs --symbol, as the exchange writes it");
        var timeframe = Given.Timeframe(given.Timeframe
            ?? throw new InputException("--from-exchange needs --timeframe, such as --timeframe 1h"));
        if (files.Length > 0) throw new InputException("files and --from-exchange are two imports; give one of them");
        if (given.From is not { } from) throw new InputException("--from-exchange needs --from, the first bar");
        var to = given.To ?? TimeProvider.System.GetUtcNow().UtcTicks;
        if (to <= from) throw new InputException(given.To is null ? "--from lies in the future" : "--to lies before --from");
        await using var candles = ExchangeCandles.Open(given.FromExchange!, given.Endpoint, TimeProvider.System);
        await using var store = known.Stores.Open(Address.Parse(given.Store));
        var shown = new Stopwatch();
        var progress = new Progress<ImportProgress>(p =>
        {
            if (given.Json || given.Quiet || shown.IsRunning && shown.ElapsedMilliseconds < 2000) return;
            shown.Restart();
            Console.Error.WriteLine($"{RunText.Time(p.At)}: {p.Bars:N0} bars, {p.Share:P0}");
        });
        var (read, added) = await ExchangeImport.RunAsync(candles, symbol, timeframe, (from, to), store,
            progress, token);
        if (given.Json)
            Console.WriteLine(JsonSerializer.Serialize(
                new { Exchange = given.FromExchange, Symbol = symbol, Timeframe = timeframe.ToString(), read, added }, Output.Json));
        else if (!given.Quiet)
            Console.WriteLine($"{given.FromExchange}: {read:N0} bars of {symbol}:{timeframe} downloaded, {added:N0} new");
        return 0;
    }

    // Reports synchronously and in order.
    private sealed class Progress<T>(Action<T> report) : IProgress<T>
    {
        public void Report(T value) => report(value);
    }

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
