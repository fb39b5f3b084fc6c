using System.CommandLine;
using System.Text.Json;
using Granary.Application.Batches;
using Granary.Application.Json;
using Granary.Cli.Tables;
using Granary.Data.BarFiles;
using Granary.Data.FolderStore;
using Granary.Data.Import;
using Granary.Data.Quality;
using Granary.Data.Reading;
using Granary.Data.Sources;
using Granary.Data.Synthetic;
using Granary.Engine.Market;
using Granary.Reporting.Runs;

namespace Granary.Cli.Commands;

/// <summary><c>granary data …</c>: import, list, generate, export.</summary>
internal static class DataCommands
{
    public static Command Create(CompositionRoot root) =>
        new("data", "Import, inspect, make and export bars.") { Import(root), List(root), Check(root), Generate(), Export(root) };

    private static Option<string?> Columns() =>
        new("--columns")
        {
            Description = "which column is what, by header or number, as \"time=Datum;open=2;high=3;low=4;close=5\" (told "
            + "from the header); timeOfDay, volume and adjustedClose are optional"
        };

    private static Command Import(CompositionRoot root)
    {
        var files = new Argument<string[]>("FILE") { Arity = ArgumentArity.OneOrMore, Description = "bar files of one market" };
        var store = new Option<string>("--store") { Required = true, Description = "the store: a folder, postgres://… or questdb://…" };
        var symbol = new Option<string>("--symbol") { Required = true, Description = "the symbol of the bars" };
        var timeframe = new Option<string>("--timeframe") { Required = true, Description = "as 1m, 1h or 1d" };
        var format = new Option<string>("--format")
        {
            DefaultValueFactory = _ => "auto",
            Description = "auto, generic, yahoo, binance, backtrader, lean, questdb"
        };
        var stamp = new Option<string>("--stamp")
        {
            DefaultValueFactory = _ => "open",
            Description = "what the file's times mean: open or close"
        };
        var zone = new Option<string?>("--time-zone") { Description = "IANA name of the zone of times that carry none (UTC)" };
        var columns = Columns();
        var json = new Option<bool>("--json") { Description = "print the result as JSON" };
        var command = new Command("import", "Parse, check and store bars; importing again changes nothing.") { files, store, symbol,
            timeframe, format, stamp, zone, columns, json };
        command.SetAction(async (call, token) =>
        {
            var results = await BarImport.RunAsync(new ImportRequest(call.GetValue(files)!, call.GetValue(store)!, call.GetValue(symbol)!,
                Given.Timeframe(call.GetValue(timeframe)!), new BarFileOptions
                {
                    Format = call.GetValue(format)!,
                    Formats = root.Catalogues(call).Formats,
                    TimeZone = call.GetValue(zone),
                    Stamp = Given.Stamp(call.GetValue(stamp)!),
                    Columns = call.GetValue(columns) is { } given ? ColumnsSection.Parse(given) : null,
                }), root.Catalogues(call).Stores, token);
            if (call.GetValue(json))
            {
                Console.WriteLine(JsonSerializer.Serialize(results.Select(r => new
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
                    r.Notes
                }), Output.Json));
                return 0;
            }
            foreach (var r in results)
            {
                Console.WriteLine(
                    $"{r.File}: {r.Read:N0} {r.Format} bars; {r.Added:N0} new, {r.Replaced:N0} changed, {r.Unchanged:N0} known; {r.Symbol}:{r.Timeframe} now has {r.Total:N0}, {RunText.Time(r.First)} to {RunText.Time(r.Last)}");
                foreach (var d in r.Differences)
                    Console.WriteLine(FormattableString.Invariant($"  {RunText.Time(d.Time)}: {d.Field} was {d.Was}, is {d.Is}"));
                foreach (var note in r.Notes) Console.WriteLine("  " + note);
            }
            return 0;
        });
        return command;
    }

    private static Command List(CompositionRoot root)
    {
        var store = new Option<string>("--store") { Required = true, Description = "the store: a folder, postgres://… or questdb://…" };
        var json = new Option<bool>("--json") { Description = "print the result as JSON" };
        var command = new Command("list", "What a store holds.") { store, json };
        command.SetAction(async (call, token) =>
        {
            await using var opened = root.Catalogues(call).Stores.Open(call.GetValue(store)!);
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
                $"{call.GetValue(store)} holds no bars; 'granary data import' adds some");
            return 0;
        });
        return command;
    }

    private static Command Check(CompositionRoot root)
    {
        var files = new Argument<string[]>("FILE")
        {
            Arity = ArgumentArity.ZeroOrMore,
            Description = "bar files, of one symbol each; or name a stored market. A gap that all of several share is no fault",
        };
        var store = new Option<string?>("--store") { Description = "the store: a folder, postgres://… or questdb://…" };
        var symbol = new Option<string?>("--symbol") { Description = "this symbol only (every one of the store)" };
        var timeframe = new Option<string?>("--timeframe") { Description = "as 1m, 1h or 1d" };
        var format = new Option<string>("--format")
        {
            DefaultValueFactory = _ => "auto",
            Description = "auto, generic, yahoo, binance, backtrader, lean or questdb"
        };
        var session = new Option<string?>("--session")
        {
            Description =
            "when the market of a FILE trades: 24/7, XNYS, or as \"America/New_York 09:30-16:00\" (told from the bars)"
        };
        var stamp = new Option<string>("--stamp")
        {
            DefaultValueFactory = _ => "open",
            Description = "what a FILE's times mean: open or close"
        };
        var zone = new Option<string?>("--time-zone") { Description = "IANA name of the zone of a FILE's times that carry none (UTC)" };
        var json = new Option<bool>("--json") { Description = "print the result as JSON" };
        var columns = Columns();
        var fix = new Option<bool>("--fix")
        {
            Description = "also mend what is safe, and log what changed: of a FILE a copy with rows in order of time and repetitions "
                + "left out, of PostgreSQL what the catalogue says of the rows"
        };
        var output = new Option<string?>("--out") { Description = "the mended copy (FILE.fixed.csv); of a store, the log" };
        var command = new Command("check",
            "Gaps, duplicates, order, consistency, outliers, frozen prices, unadjusted splits, granularity, daylight saving, completeness "
                + "of days.") { files, store, symbol, timeframe, format, session, stamp, zone, columns, json, fix, output };
        command.SetAction(async (call, token) =>
        {
            var reports = new List<QualityReport>();
            DataFixResult? repaired = null;
            IReadOnlyList<string>? catalogue = null;
            var paths = call.GetValue(files)!;
            if (call.GetValue(fix) && paths.Length > 1) throw new InputException("--fix writes a copy of one file: give a single FILE");
            foreach (var path in paths)
            {
                var options = new BarFileOptions
                {
                    Format = call.GetValue(format)!,
                    Formats = root.Catalogues(call).Formats,
                    Adjust = false,
                    TimeZone = call.GetValue(zone),
                    Stamp = Given.Stamp(call.GetValue(stamp)!),
                    Columns = call.GetValue(columns) is { } given ? ColumnsSection.Parse(given) : null,
                    Template = Given.Session(call.GetValue(session)) is { } calendar
                        ? new Instrument { Symbol = call.GetValue(symbol) ?? "", Calendar = calendar } : null,
                };
                if (!File.Exists(path)) throw new InputException($"{path} does not exist; give the path of a bar file");
                var tf = call.GetValue(timeframe) is { } t ? Given.Timeframe(t) : BarFile.Inspect(path, options).Timeframe
                    ?? throw new InputException($"{path}: the timeframe cannot be told from the times; name it with --timeframe");
                var query = new BarQuery(call.GetValue(symbol) ?? Path.GetFileName(path).Split('.')[0], tf);
                reports.Add(await DataCheck.FileAsync(path, query, options, token));
                if (call.GetValue(fix))
                    repaired = await DataFix.RunAsync(path, query, options, call.GetValue(output) ?? path + ".fixed.csv", token);
            }
            if (paths.Length == 0)
            {
                if (call.GetValue(store) is not { } folder || call.GetValue(timeframe) is not { } of)
                    throw new InputException("nothing to check: give a FILE, or --store DIR --symbol S --timeframe TF");
                var tf = Given.Timeframe(of);
                await using var opened = root.Catalogues(call).Stores.Open(folder);
                var source = opened.Source(adjust: false);
                var symbols = call.GetValue(symbol) is { } name ? [name] : await source.ListSymbolsAsync(tf, token);
                if (symbols.Count == 0)
                    throw new InputException($"{folder} has no {tf} bars; 'granary data list --store {folder}' shows what it has");
                if (call.GetValue(fix) && symbols.Count > 1) throw new InputException("--fix corrects one market: name its --symbol");
                if (call.GetValue(fix)) catalogue = await opened.RepairAsync(symbols[0], tf, token);
                foreach (var stored in symbols) reports.Add(await DataCheck.RunAsync(source, new BarQuery(stored, tf), token));
            }
            Write(reports, call.GetValue(json));
            // The findings are JSON then, and the repairs are reported beside them.
            if (repaired is { } m) (call.GetValue(json) ? Console.Error
                : Console.Out).WriteLine(
                    $"{m.File}: {m.Bars:N0} bars; {m.Moved:N0} rows moved, {m.Repeated:N0} repetitions left out, {m.LeftOut:N0} rows to be corrected by hand; {m.Log} has each");
            if (catalogue is not null)
            {
                var lines = catalogue.Count == 0 ? ["nothing had to be changed"]
                    : catalogue.Select(line => line + "; the catalogue is corrected").ToArray();
                if (call.GetValue(output) is { } log) await File.WriteAllLinesAsync(log, lines, token);
                foreach (var line in lines) (call.GetValue(json) ? Console.Error : Console.Out).WriteLine(line);
            }
            return 0;
        });
        return command;
    }

    private static void Write(IReadOnlyList<QualityReport> reports, bool asJson)
    {
        var findings = reports.SelectMany(r => r.Findings.Select(f => (r.Symbol, Finding: f))).ToList();
        if (SharedGaps.Finding(reports) is { } shared) findings.Add(("all", shared));
        if (asJson)
        {
            var rows = findings.Select(f => new
            {
                f.Symbol,
                severity = f.Finding.Severity.ToString(),
                check = f.Finding.Check.ToString(),
                f.Finding.Place,
                f.Finding.Sentence,
                f.Finding.Remedy,
            });
            Console.WriteLine(JsonSerializer.Serialize(rows, Output.Json));
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
            new[] { f.Symbol, f.Finding.Severity.ToString().ToLowerInvariant(), f.Finding.Place, f.Finding.Sentence, f.Finding.Remedy }));
    }

    private static Command Generate()
    {
        var output = new Option<string>("--out") { Required = true, Description = "the folder; files are OUT/TIMEFRAME/SYMBOL.csv" };
        var symbols = new Option<string>("--symbols")
        {
            DefaultValueFactory = _ => string.Join(',', DataGeneration.SampleSymbols),
            Description = "names; those that end in USDT trade around the clock"
        };
        var timeframes = new Option<string>("--timeframe") { DefaultValueFactory = _ => "1h", Description = "one or several, as 1h,1d" };
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
                Console.WriteLine($"{file.Path}: {file.Bars:N0} bars");
            return 0;
        });
        return command;
    }

    private static Command Export(CompositionRoot root)
    {
        var source = new Option<string>("--store") { Required = true, Description = "the store: a folder, postgres://… or questdb://…" };
        var symbol = new Option<string>("--symbol") { Required = true, Description = "the symbol" };
        var timeframe = new Option<string>("--timeframe") { Required = true, Description = "as 1m, 1h or 1d" };
        var from = new Option<string?>("--from") { Description = "the first bar, as 2024-01-31" };
        var to = new Option<string?>("--to") { Description = "the first bar that is left out" };
        var output = new Option<string>("--out") { Required = true, Description = "the CSV file" };
        var command = new Command("export", "Write stored bars as CSV.") { source, symbol, timeframe, from, to, output };
        command.SetAction(async (call, token) =>
        {
            await using var opened = root.Catalogues(call).Stores.Open(call.GetValue(source)!);
            var result = await DataExport.RunAsync(opened.Source(adjust: false),
                new BarQuery(call.GetValue(symbol)!, Given.Timeframe(call.GetValue(timeframe)!), Given.Time(call.GetValue(from), "--from"),
                    Given.Time(call.GetValue(to), "--to")), call.GetValue(output)!, token);
            Console.WriteLine($"{result.Path}: {result.Bars:N0} bars");
            return 0;
        });
        return command;
    }
}
