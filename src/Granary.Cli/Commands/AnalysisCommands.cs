using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Granary.Application.Analyze;
using Granary.Application.Json;
using Granary.Application.Learning;
using Granary.Application.Models;
using Granary.Application.Track;
using Granary.Cli.Tables;
using Granary.Data.BarFiles;
using Granary.Data.Reading;
using Granary.Engine.Analysis;
using Granary.Engine.Factors;
using Granary.Engine.Market;
using Granary.Learning.Registry;
using Granary.Learning.Tracking;
using Granary.Reporting.Html;
using Granary.Reporting.Html.Pages;
using Granary.Reporting.Runs;
using Granary.Storage.Files;

namespace Granary.Cli.Commands;

/// <summary>What is asked of files, without a batch: analyze, learn, track, factors compute.</summary>
internal static class AnalysisCommands
{
    public static Command Analyze()
    {
        var file = new Argument<string>("EQUITY.csv") { Description = "a CSV file with date,equity" };
        var benchmark = new Option<string?>("--benchmark") { Description = "another one to compare with" };
        var perYear = new Option<double?>("--periods-per-year") { Description = "how many rows a year has (told from the dates)" };
        var json = new Option<bool>("--json") { Description = "print the result as JSON" };
        var output = new Option<string?>("--out") { Description = "a tear sheet, as report.html" };
        var title = new Option<string?>("--title") { Description = "heading of the tear sheet (the file's name)" };
        var author = new Option<string?>("--author") { Description = "who made it, beside the heading" };
        var riskFree = new Option<double>("--risk-free") { Description = "percent a year; adds the Sharpe ratio above it (0)" };
        var command = new Command("analyze", "Statistics of any equity curve.") { file, benchmark, perYear, riskFree, json, output, title,
            author };
        command.SetAction(call =>
        {
            var analysis = AnalyzeCurve.Run(new AnalyzeRequest(call.GetValue(file)!, call.GetValue(benchmark), call.GetValue(perYear),
                call.GetValue(riskFree)));
            var sheet = new TearSheet(call.GetValue(title) ?? Path.GetFileName(call.GetValue(file)!))
            {
                PeriodsPerYear = call.GetValue(perYear),
                Benchmark = analysis.Benchmark,
                BenchmarkName = Path.GetFileName(call.GetValue(benchmark)),
                RiskFree = call.GetValue(riskFree) / 100,
                Author = call.GetValue(author),
            };
            if (call.GetValue(output) is { } path) AtomicFile.Write(path, w => HtmlReport.Write(w, analysis.Curve, sheet));
            if (call.GetValue(json)) Console.WriteLine(CurveAnalysisJson.Write(analysis));
            else Analysis(Path.GetFileName(call.GetValue(file)!), analysis);
            return 0;
        });
        return command;
    }

    // The JSON names stand beside the words, since scripts use them.
    private static void Analysis(string name, CurveAnalysis analysis)
    {
        var s = analysis.Statistics;
        TableWriter.Write(
            $"{name}: {Cell.Count(s.Points)} points from {NumberText.Time(s.Measures.FirstTime)} to {NumberText.Time(s.Measures.LastTime)}",
            [Column.Text("Statistic"), Column.Number("Value"), Column.Text("Name in --json")],
            analysis.Statistics.Metrics.Listed().Select(v => new[] { v.Metric.Name, MetricText.Value(v.Metric, v.Value), v.Metric.Key }));
        TableWriter.Write("Deepest drawdowns",
            [Column.Number("Depth", "%"), Column.Text("Peak"), Column.Text("Trough"), Column.Text("Recovery"),
                Column.Number("Length", "days")],
            analysis.WorstDrawdowns.Take(5)
                .Select(d => new[] { Cell.Percent(d.Depth), NumberText.Date(d.Peak), NumberText.Date(d.Trough), d.Recovery is { } recovery
                    ? NumberText.Date(recovery) : "not yet", Cell.Count((long)Math.Round(d.Days)) }));
        TableWriter.Write("Years", [Column.Text("Year"), Column.Number("Return", "%")],
            analysis.Years.Select(y => new[] { y.Year.ToString(CultureInfo.InvariantCulture), Cell.Percent(y.Return) }));
    }

    public static Command Learn(CompositionRoot root)
    {
        var file = new Argument<string>("FEATURES.csv") { Description = "a table with a header, rows in time order" };
        var label = new Option<string>("--label") { Required = true, Description = "the column to predict" };
        var trainer =
            new Option<string>("--trainer") { Required = true, Description = "the trainer's name; 'granary trainers' lists them" };
        var split = new Option<double>("--split") { DefaultValueFactory = _ => 0.7, Description = "share of the rows that trains" };
        var seed = new Option<long>("--seed") { DefaultValueFactory = _ => 1, Description = "seed of everything that the trainer draws" };
        var parameters = new Option<string?>("--params")
        {
            Description =
            "the trainer's, as \"trees=200;leaves=15\"; 'granary trainers' lists them"
        };
        var threads = new Option<int>("--threads")
        {
            DefaultValueFactory = _ => Environment.ProcessorCount,
            Description = "threads to use (all)"
        };
        var save = new Option<string?>("--save")
        {
            Description =
            "add the model to a registry under this name; 'granary models predict' asks it"
        };
        var registry = new Option<string>("--registry")
        {
            DefaultValueFactory = _ => "models",
            Description = "for --save: the folder of versions, or postgres://…"
        };
        var json = new Option<bool>("--json") { Description = "print the result as JSON" };
        var command = new Command("learn", "Train any trainer on any table and judge it on the newest rows.") { file, label, trainer, split,
            seed, parameters, threads, save, registry, json };
        command.SetAction((call, token) =>
        {
            var request = new LearnRequest(call.GetValue(file)!, call.GetValue(label)!, call.GetValue(trainer)!, call.GetValue(split),
                call.GetValue(seed), Given.Threads(call.GetValue(threads)), Given.Parameters(call.GetValue(parameters)));
            var known = root.Catalogues(call);
            LearnResult result;
            if (call.GetValue(save) is { } name)
            {
                (result, var version) = LearnTable.RunAndAdd(request, known.Trainers,
                    new ModelRegistry(ModelStores.Open(call.GetValue(registry)!), known.ModelKinds), name, TimeProvider.System, token);
                Console.Error.WriteLine($"{version.Model}: version {version.Number} added");
            }
            else
            {
                result = LearnTable.Run(request, known.Trainers, TimeProvider.System, token);
            }
            if (call.GetValue(json)) Console.WriteLine(JsonSerializer.Serialize(result, Output.Json));
            else
                TableWriter.Write("", [Column.Text("Figure"), Column.Number("Value")],
                    JsonSerializer.SerializeToElement(result, Output.Json).EnumerateObject()
                        .Select(p => new[] { p.Name, p.Value.ToString() }));
            return Task.FromResult(0);
        });
        return command;
    }

    public static Command Track(CompositionRoot root)
    {
        var panel = new Option<string?>("--panel") { Description = "a CSV of returns: date and a column for each name" };
        var universe = new Option<string?>("--universe") { Description = "a folder of bar files" };
        var index = new Option<string>("--index") { Required = true, Description = "the panel's column, or with --universe a bar file" };
        var most = new Option<int>("--max-stocks") { Required = true, Description = "how many names the replica holds at the most" };
        var intercept = new Option<bool>("--intercept") { Description = "fit a constant beside the weights" };
        var nonNegative = new Option<bool>("--non-negative") { Description = "no short positions" };
        var sumToOne = new Option<bool>("--sum-to-one") { Description = "the weights add up to one" };
        var maxWeight = new Option<double?>("--max-weight") { Description = "the largest weight of a name" };
        var minWeight = new Option<double>("--min-weight") { Description = "names whose weight would be smaller are not held" };
        var residual =
            new Option<double>("--residual") { Description = "stop when the residual's norm is at most this share of the index's" };
        var normalise = new Option<bool>("--normalise") { Description = "volatile names have no advantage in the choice" };
        var maxCorrelation = new Option<double>("--max-correlation")
        {
            DefaultValueFactory = _ => 1,
            Description = "names that correlate more with a chosen one are passed over"
        };
        var turnover = new Option<double>("--turnover-penalty")
        {
            Description =
            "price of moving a unit of weight, as a share of the index's squared norm"
        };
        var cost = new Option<double>("--cost") { Description = "what trading a unit of each name costs on top, in the same unit" };
        var window = new Option<int?>("--window") { Description = "choose anew from the last so many periods, and follow out of sample" };
        var step = new Option<int>("--step") { DefaultValueFactory = _ => 21, Description = "periods between such choices" };
        var refine = new Option<string>("--refine")
        {
            DefaultValueFactory = _ => "auto",
            Description = "with constraints: auto tries all sets of names where they are few and else exchanges names, local exchanges "
                + "them, none keeps the pursuit's",
        };
        refine.AcceptOnlyFromAmong("auto", "local", "none");
        var output = new Option<string?>("--out")
        {
            Description =
            "a report, as replica.html: residual, names and their history, names against error"
        };
        var split = new Option<double>("--split")
        {
            DefaultValueFactory = _ => 1,
            Description = "share of the periods that is fitted; the rest judges"
        };
        var perYear = new Option<double?>("--periods-per-year") { Description = "how many rows a year has (from the dates)" };
        var json = new Option<bool>("--json") { Description = "print the result as JSON" };
        var command = new Command("track", "Replicate an index with few names by matching pursuit.") { panel, universe, index, most,
            intercept, nonNegative, sumToOne, minWeight, maxWeight, residual, normalise, maxCorrelation, turnover, cost, window, step,
            split, perYear, refine, output, json };
        command.SetAction(async (call, token) =>
        {
            var request = new TrackRequest
            {
                Options = new PursuitOptions
                {
                    MaxNames = call.GetValue(most),
                    Intercept = call.GetValue(intercept),
                    NonNegative = call.GetValue(nonNegative),
                    SumToOne = call.GetValue(sumToOne),
                    MaxWeight = call.GetValue(maxWeight) ?? double.PositiveInfinity,
                    MinWeight = call.GetValue(minWeight),
                    ResidualThreshold = call.GetValue(residual),
                    NormaliseAtoms = call.GetValue(normalise),
                    MaxCorrelation = call.GetValue(maxCorrelation),
                    // A price for each unit moved is one sum for every name.
                    TurnoverPenalty = call.GetValue(turnover) + call.GetValue(cost),
                    Refinement = call.GetValue(refine) switch
                    {
                        "local" => Refinement.LocalSearch,
                        "none" => Refinement.None,
                        _ =>
                        Refinement.Auto
                    },
                },
                Window = call.GetValue(window),
                Step = call.GetValue(step),
                Split = call.GetValue(split),
                PeriodsPerYear = call.GetValue(perYear),
            };
            TrackResult result;
            if (call.GetValue(panel) is { } file)
            {
                if (call.GetValue(universe) is not null)
                    throw new InputException("--panel and --universe exclude one another: give one of them");
                result = TrackIndex.FromPanel(file, call.GetValue(index)!, request);
            }
            else
            {
                var folder = call.GetValue(universe)
                    ?? throw new InputException("nothing to choose from: give --panel CSV or --universe DIR");
                var files = new BarFileOptions { Formats = root.Catalogues(call).Formats };
                var source = new CsvBarSource(folder, files);
                var symbols = await source.ListSymbolsAsync(Timeframe.D1, token);
                result = await TrackIndex.FromUniverseAsync(
                    await Closes(new CsvBarSource(Path.GetDirectoryName(Path.GetFullPath(call.GetValue(index)!))!, files),
                        Path.GetFileName(call.GetValue(index)!).Split('.')[0], token), symbols, async (s, t) => await Closes(source, s, t),
                        request, token);
            }
            if (call.GetValue(output) is { } path)
                AtomicFile.Write(path, w => result.Report(Path.GetFileNameWithoutExtension(call.GetValue(index)!)).Write(w));
            if (call.GetValue(json)) Console.WriteLine(TrackJson.Write(result));
            else
            {
                foreach (var note in result.Notes) Output.Marked("Note", note);
                Replica(call.GetValue(index)!, result);
            }
            return 0;
        });
        return command;
    }

    private static void Replica(string index, TrackResult result)
    {
        var fit = result.Fit;
        TableWriter.Write($"{index}: a replica of {fit.Support.Count} of {Cell.Count(result.Names.Count)} names, in the order of choice",
            [Column.Text("Name"), Column.Number("Weight", "%")],
            fit.Support.Select((s, i) => new[] { result.Names[s], Cell.Percent(fit.Weights[i]) })
                .Append(["Sum of the weights", Cell.Percent(fit.Support.Select((_, i) => fit.Weights[i]).Sum())]));
        if (fit.Intercept != 0) Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"Intercept {fit.Intercept:G6} a period, which no holding earns"));
        List<string[]> over = [Quality(result.OutOfSample is null ? "in sample: all periods were fitted" : "in sample: the fitted periods",
            result.Fitted, result.InSample)];
        if (result.OutOfSample is { } later)
            over.Add(Quality("out of sample: the later periods", result.Times.Length - result.Fitted, later));
        if (result.Rolling is { } rolling)
            over.Add(Quality("out of sample: the rolling choice", rolling.Replica.Length, rolling.OutOfSample));
        TableWriter.Write("Tracking quality",
            [Column.Text("Over"), Column.Number("Periods"), Column.Number("Tracking error", "% a year"), Column.Number("Correlation"),
                Column.Number("Information ratio"), Column.Number("Residual norm")], over);
        if (result is { OutOfSample: null, Rolling: null })
            Output.Marked("Note", "Every figure is in sample, and so better than what a replica would show later. Use --split 0.7 or "
                + "--window 252 for figures out of sample.");

        static string[] Quality(string over, long periods, TrackingQuality q) =>
            [over, Cell.Count(periods), Cell.Percent(q.TrackingError), Cell.Figure(q.Correlation), Cell.Ratio(q.InformationRatio),
                Cell.Figure(q.ResidualNorm)];
    }

    private static async ValueTask<EquityCurve> Closes(CsvBarSource source, string symbol, CancellationToken token)
    {
        await using var series = await source.OpenAsync(new BarQuery(symbol, Timeframe.D1), token);
        var times = new List<long>();
        var closes = new List<double>();
        await foreach (var block in series.ReadAsync(BarBlock.MaxCount, token))
        {
            times.AddRange(block.Time);
            closes.AddRange(block.Close);
        }
        return new EquityCurve([.. times], [.. closes]);
    }

    public static Command ComputeFactors(CompositionRoot root)
    {
        var file = new Argument<string>("FILE") { Description = "a bar file" };
        var factors = new Option<string>("--factors")
        {
            Required = true,
            Description = "separated by semicolons, as \"sma(20);macd(12,26,9).signal\""
        };
        var format = new Option<string>("--format")
        {
            DefaultValueFactory = _ => "auto",
            Description = "auto, generic, yahoo, binance, backtrader, lean or questdb"
        };
        var timeframe = new Option<string?>("--timeframe") { Description = "of the file's bars (told from their times)" };
        var noAdjust = new Option<bool>("--no-adjust") { Description = "raw prices, where the file has adjusted ones too" };
        var stamp = new Option<string>("--stamp")
        {
            DefaultValueFactory = _ => "open",
            Description = "what the file's times are: open or close of a bar"
        };
        var output = new Option<string?>("--out") { Description = "a CSV file (standard output)" };
        var command = new Command("compute", "Compute factors over a bar file.") { file, factors, format, timeframe, noAdjust, stamp,
            output };
        command.SetAction(async (call, token) =>
        {
            var path = call.GetValue(file)!;
            if (!File.Exists(path)) throw new InputException($"{path} does not exist; give the path of a bar file");
            var options = new BarFileOptions
            {
                Format = call.GetValue(format)!,
                Formats = root.Catalogues(call).Formats,
                Adjust = !call.GetValue(noAdjust),
                Stamp = call.GetValue(stamp) == "close" ? BarStamp.Close : BarStamp.Open,
            };
            var tf = call.GetValue(timeframe) is { } t
                ? Given.Timeframe(t)
                : BarFile.Inspect(path, options).Timeframe
                    ?? throw new InputException($"{path}: the timeframe cannot be told from the times; name it with --timeframe");
            await using var series = await BarFile.OpenAsync(path, new BarQuery(Path.GetFileName(path).Split('.')[0], tf), options, token);
            FactorColumns columns;
            try
            {
                columns = new FactorColumns(new MarketSeries(series.Instrument, tf), FactorParser.Split(call.GetValue(factors)!),
                    root.Catalogues(call).Factors);
            }
            catch (ArgumentException e)
            {
                throw new InputException($"--factors: {e.Message}", e);
            }
            if (columns.ReferenceSymbols.Count > 0)
                throw new InputException($"--factors: {string.Join(", ", columns.ReferenceSymbols)} would be needed "
                    + $"beside {path}, and factors compute reads one file; compare symbols in a batch over both");
            var count = FactorParser.Split(call.GetValue(factors)!).Count;
            async Task WriteAsync(TextWriter writer)
            {
                using var csv = new CsvHelper.CsvWriter(writer,
                    new CsvHelper.Configuration.CsvConfiguration(System.Globalization.CultureInfo.InvariantCulture) { NewLine = "\n" },
                    leaveOpen: true);
                csv.WriteField("time");
                foreach (var header in columns.Headers) csv.WriteField(header);
                csv.NextRecord();
                await foreach (var block in series.ReadAsync(cancellationToken: token))
                {
                    columns.Next(block);
                    for (var i = 0; i < block.Count; i++)
                    {
                        csv.WriteField(RunText.Time(block.Time[i]));
                        for (var c = 0; c < count; c++) csv.WriteField(RunText.Number(columns[c][i]));
                        csv.NextRecord();
                    }
                }
            }
            if (call.GetValue(output) is not { } target)
            {
                await WriteAsync(Console.Out);
                return 0;
            }
            AtomicFile.Write(target, w => WriteAsync(w).GetAwaiter().GetResult());
            return 0;
        });
        return command;
    }
}
