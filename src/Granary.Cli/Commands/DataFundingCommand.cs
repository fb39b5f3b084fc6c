using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Granary.Data.Funding;
using Granary.Engine;
using Granary.Engine.Catalogues;
using Granary.Engine.Market;
using Granary.Exchanges.Candles;
using Granary.Reporting.Runs;
using Granary.Simulation.Batches;
using Granary.Simulation.Catalogues;
using Granary.Simulation.Json;
using Granary.Simulation.Keys;
using Granary.Storage.Addresses;
using Granary.Storage.Files;

namespace Granary.Cli.Commands;

/// <summary><c>granary data funding [FILE]</c>: funding rates of a file, or of an exchange, into a store or a CSV file.</summary>
internal static class DataFundingCommand
{
    private sealed record Options
    {
        [Key("the store: a folder or postgres://…")]
        public string? Store { get; init; }
        [Key("write a CSV file instead, with the columns time, symbol, rate and mark")]
        public string? Out { get; init; }
        [Key("the symbol in the store; FILE has the rates of this market")]
        public string? Symbol { get; init; }
        [Key("download from binance-futures, gateio-futures or kucoin-futures instead of reading a file")]
        public string? FromExchange { get; init; }
        [Key("the begin of a download, such as 2024-01-31"), JsonConverter(typeof(UtcTicks))]
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
        var file = new Argument<string?>("FILE")
        {
            Arity = ArgumentArity.ZeroOrOne,
            Description = "a table with the columns time and rate, and optionally symbol and mark",
        };
        var command = new Command("funding", "Parse, check and store funding rates of perpetual futures; importing again changes nothing.")
            { file };
        var options = new OptionBinding<Options>(command);
        command.SetAction(async (call, token) =>
        {
            var (given, known) = (options.Read(call), root.Catalogues(call));
            if (given.Store is null == given.Out is null) throw new InputException("give --store or --out, where the rates are kept");
            var rows = given.FromExchange is null ? Read(given, call.GetValue(file), known)
                : await DownloadAsync(given, call.GetValue(file), token);
            var changed = given.Out is { } path ? Write(path, rows) : await StoreAsync(given.Store!, rows, known, token);
            Show(given, rows, changed);
            return 0;
        });
        return command;
    }

    private static SortedDictionary<string, IReadOnlyList<FundingRow>> Read(Options given, string? file, GranaryCatalogues known)
    {
        if (file is null) throw new InputException("name a file, or give --from-exchange");
        if (given.From is not null || given.To is not null || given.Endpoint is not null)
            throw new InputException("--from, --to and --endpoint belong to --from-exchange; leave them out for a file");
        var rows = new SortedDictionary<string, IReadOnlyList<FundingRow>>(StringComparer.Ordinal);
        foreach (var (symbol, own) in FundingFile.Read(Address.Parse(file), known.Tables))
            rows[symbol.Length > 0 ? symbol : given.Symbol
                ?? throw new InputException($"{file} has no column of symbols; give --symbol S")] = own;
        if (given.Symbol is not { } only || rows.ContainsKey(only)) return rows;
        throw new InputException($"{file} has no line of {only}, but of {string.Join(", ", rows.Keys.Take(5))}; correct --symbol");
    }

    private static async Task<SortedDictionary<string, IReadOnlyList<FundingRow>>> DownloadAsync(Options given, string? file,
        CancellationToken token)
    {
        if (file is not null) throw new InputException("a file and --from-exchange are two imports; give one of them");
        if (given.Symbol is not { } symbol) throw new InputException("--from-exchange needs --symbol, as the exchange writes it");
        if (given.From is not { } from) throw new InputException("--from-exchange needs --from, the first day");
        var to = given.To ?? TimeProvider.System.GetUtcNow().UtcTicks;
        if (to <= from) throw new InputException(given.To is null ? "--from lies in the future" : "--to lies before --from");
        await using var exchange = ExchangeFunding.Open(given.FromExchange!, given.Endpoint, TimeProvider.System);
        return new SortedDictionary<string, IReadOnlyList<FundingRow>>(StringComparer.Ordinal)
        {
            [symbol] = await exchange.ReadAsync(symbol, from, to, token),
        };
    }

    private static async Task<int> StoreAsync(string address, SortedDictionary<string, IReadOnlyList<FundingRow>> rows,
        GranaryCatalogues known, CancellationToken token)
    {
        await using var store = known.Stores.Open(Address.Parse(address));
        if (store is not IFundingStore funding)
            throw new InputException($"--store {store.Name}: it keeps no funding; name a folder or postgres://…, or write a file with "
                + "--out");
        var changed = 0;
        foreach (var (symbol, own) in rows) changed += await funding.MergeFundingAsync(symbol, own, token);
        return changed;
    }

    private static int Write(string path, SortedDictionary<string, IReadOnlyList<FundingRow>> rows)
    {
        AtomicFile.Write(path, writer =>
        {
            writer.Write("time,symbol,rate,mark\n");
            foreach (var (symbol, own) in rows)
                foreach (var row in own)
                    writer.Write(string.Create(CultureInfo.InvariantCulture,
                        $"{RunText.Time(row.Time)},{symbol},{Text(row.Rate)},{Text(row.Mark)}\n"));
        });
        return rows.Values.Sum(r => r.Count);
    }

    private static string Text(double value) => double.IsNaN(value) ? "" : value.ToString("R", CultureInfo.InvariantCulture);

    private static void Show(Options given, SortedDictionary<string, IReadOnlyList<FundingRow>> rows, int changed)
    {
        if (given.Json)
        {
            Console.WriteLine(JsonSerializer.Serialize(new
            {
                Changed = changed,
                Symbols = rows.Select(r => new
                {
                    Symbol = r.Key,
                    Rows = r.Value.Count,
                    First = r.Value.Count == 0 ? null : RunText.Time(r.Value[0].Time),
                    Last = r.Value.Count == 0 ? null : RunText.Time(r.Value[^1].Time),
                }),
            }, Output.Json));
            return;
        }
        if (given.Quiet) return;
        foreach (var (symbol, own) in rows)
            Console.WriteLine(own.Count == 0 ? $"{symbol}: no funding rates"
                : $"{symbol}: {Counted.Of(own.Count, "funding rate")}, {RunText.Time(own[0].Time)} to {RunText.Time(own[^1].Time)}");
        Console.WriteLine($"{Counted.Of(changed, "row")} new or changed");
    }
}
