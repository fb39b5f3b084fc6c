using System.CommandLine;
using System.Text.Json;
using Granary.Cli.Tables;
using Granary.Data.FolderStore;
using Granary.Data.Sources;
using Granary.Data.Synthetic;
using Granary.Engine;
using Granary.Engine.Market;
using Granary.Reporting.Runs;
using Granary.Storage.Addresses;

namespace Granary.Cli.Commands;

/// <summary><c>granary data …</c>: import, list, check, compare, generate, export, formats.</summary>
internal static class DataCommands
{
    public static Command Create(CompositionRoot root) => new("data", "Import, inspect, compare, make and export bars.")
    {
        DataImportCommand.Create(root), DataFundingCommand.Create(root), List(root), DataCheckCommand.Create(root),
        DataCompareCommand.Create(root), Generate(), Export(root), Formats(root),
    };

    private static Command Formats(CompositionRoot root)
    {
        var json = new Option<bool>("--json") { Description = "print the result as JSON" };
        var command = new Command("formats", "List the formats of bar files, in the order in which auto tries them.") { json };
        command.SetAction(call =>
        {
            var formats = root.Catalogues(call).Formats.InOrder.Select(f => (f.Name, f.Explanation)).ToList();
            if (call.GetValue(json)) Console.WriteLine(JsonSerializer.Serialize(formats.Select(f => new { f.Name, f.Explanation }),
                Output.Json));
            else TableWriter.Write("", [Column.Text("Format"), Column.Text("Layout")],
                formats.Select(f => new[] { f.Name, f.Explanation }));
            return 0;
        });
        return command;
    }

    private static Command List(CompositionRoot root)
    {
        var store = new Option<string>("--store") { Required = true, Description = "the store: a folder, postgres://… or questdb://…" };
        var json = new Option<bool>("--json") { Description = "print the result as JSON" };
        var command = new Command("list", "List the markets of a store.") { store, json };
        command.SetAction(async (call, token) =>
        {
            await using var opened = root.Catalogues(call).Stores.Open(Address.Parse(call.GetValue(store)!));
            if (opened is FolderBarStore && !Directory.Exists(opened.Name))
                throw new InputException($"--store {opened.Name}: there is no such folder; 'granary data import' makes one");
            var markets = await opened.ListAsync(token);
            if (call.GetValue(json))
            {
                Console.WriteLine(JsonSerializer.Serialize(markets.Select(m => new
                {
                    m.Symbol,
                    Timeframe = m.Timeframe.ToString(),
                    m.Count,
                    First = RunText.Time(m.First),
                    Last = RunText.Time(m.Last),
                    m.ContentHash,
                    m.Bytes,
                    m.Fault
                }), Output.Json));
                return 0;
            }
            TableWriter.Write("", [Column.Text("Symbol"), Column.Text("Timeframe"), Column.Number("Bars"), Column.Text("First (UTC)"),
                Column.Text("Last (UTC)"), Column.Number("Size", "KiB"), Column.Text("Fault")],
                markets.Select(m => new[] { m.Symbol, m.Timeframe.ToString(), Cell.Count(m.Count), RunText.Time(m.First),
                    RunText.Time(m.Last), m.Bytes is { } bytes ? Cell.Count((bytes + 1023) / 1024) : "", m.Fault ?? "" }),
                $"{opened.Name} holds no bars; 'granary data import' adds some");
            return 0;
        });
        return command;
    }

    private static Command Generate()
    {
        var output = new Option<string>("--out") { Required = true, Description = "the folder; files are OUT/TIMEFRAME/SYMBOL.csv" };
        var symbols = new Option<string>("--symbols")
        {
            DefaultValueFactory = _ => string.Join(',', DataGeneration.SampleSymbols),
            Description = "names; those that end in USDT trade around the clock"
        };
        var timeframes = new Option<string>("--timeframe") { DefaultValueFactory = _ => "1h", Description = "one or several: 1h,1d" };
        var from = new Option<string>("--from") { DefaultValueFactory = _ => "2022-01-01", Description = "the first day" };
        var to = new Option<string>("--to") { DefaultValueFactory = _ => "2024-01-01", Description = "the day after the last" };
        var seed = new Option<long>("--seed") { DefaultValueFactory = _ => 1, Description = "the same seed makes the same bars" };
        var command = new Command("generate",
            "Make seeded synthetic markets: trends, ranges, volatility clusters, gaps, session hours.") { output, symbols, timeframes, from,
                to, seed };
        command.SetAction(call =>
        {
            if (call.GetValue(seed) < 0) throw new InputException($"--seed {call.GetValue(seed)}: use 0 or more");
            var markets = DataGeneration.Markets(Given.List(call.GetValue(symbols)), Given.Time(call.GetValue(from), "--from")!.Value,
                Given.Time(call.GetValue(to), "--to")!.Value, (ulong)call.GetValue(seed));
            foreach (var file in DataGeneration.Run(new GenerateRequest(call.GetValue(output)!, markets,
                [.. Given.List(call.GetValue(timeframes)).Select(t => Given.Timeframe(t))])))
                Console.WriteLine($"{file.Path}: {Counted.Of(file.Bars, "bar")}");
            return 0;
        });
        return command;
    }

    private static Command Export(CompositionRoot root)
    {
        var source = new Option<string>("--store") { Required = true, Description = "the store: a folder, postgres://… or questdb://…" };
        var symbol = new Option<string>("--symbol") { Required = true, Description = "the symbol" };
        var timeframe = new Option<string>("--timeframe")
        {
            Required = true,
            Description = "such as 1m, 1h or 1d; bars that the store does not have are built from its longest bars that divide them"
        };
        var from = new Option<string?>("--from") { Description = "the first bar, such as 2024-01-31" };
        var to = new Option<string?>("--to") { Description = "the end; bars from this time on are left out" };
        var session = new Option<string?>("--session")
        {
            Description = "trading hours by which longer bars are built: 24/7, XNYS, or a zone with hours, such as "
                + "\"Australia/Sydney 10:00-16:00\" or \"Asia/Tokyo 09:00-11:30,12:30-15:30\" (those of the store, else inferred)"
        };
        var output = new Option<string>("--out") { Required = true, Description = "the CSV file" };
        var command = new Command("export", "Write stored bars as CSV.") { source, symbol, timeframe, from, to, session, output };
        command.SetAction(async (call, token) =>
        {
            await using var opened = root.Catalogues(call).Stores.Open(Address.Parse(call.GetValue(source)!));
            var result = await DataExport.RunAsync(opened,
                new BarQuery(call.GetValue(symbol)!, Given.Timeframe(call.GetValue(timeframe)!), Given.Time(call.GetValue(from), "--from"),
                    Given.Time(call.GetValue(to), "--to")), call.GetValue(output)!, Given.Session(call.GetValue(session)), token);
            Console.WriteLine($"{result.Path}: {Counted.Of(result.Bars, "bar")}"
                + (result.BuiltFrom == result.Timeframe ? "" : $", built from {result.BuiltFrom} bars"));
            foreach (var note in result.Notes) Console.WriteLine($"  {note}");
            return 0;
        });
        return command;
    }
}
