using System.CommandLine;
using System.Globalization;
using Granary.Backtesting.Analyze;
using Granary.Cli.Tables;
using Granary.Data.Tables;
using Granary.Engine;
using Granary.Engine.Analysis;
using Granary.Engine.Analysis.Resampling;
using Granary.Engine.Catalogues;
using Granary.Engine.Market;
using Granary.Reporting.Html;
using Granary.Reporting.Html.Pages;
using Granary.Reporting.Runs;
using Granary.Simulation.TradeFiles;
using Granary.Storage.Files;

namespace Granary.Cli.Commands;

/// <summary><c>granary analyze EQUITY.csv</c>: statistics and tear sheet of any equity curve, statistics of trades alone.</summary>
internal static class AnalyzeCommand
{
    private sealed record Options
    {
        [Key("another equity curve to compare with")]
        public string? Benchmark { get; init; }
        [Key("how many rows a year has (detected from the dates)")]
        public double? PeriodsPerYear { get; init; }
        [Key("risk-free rate in percent a year; adds the ratios above this rate")]
        public double RiskFree { get; init; }
        [Key("print the result as JSON")]
        public bool Json { get; init; }
        [Key("write a tear sheet to this file, such as report.html")]
        public string? Out { get; init; }
        [Key("heading of the tear sheet (the file's name)")]
        public string? Title { get; init; }
        [Key("the author, shown beside the heading")]
        public string? Author { get; init; }
        [Key("the roles of the columns of a file of trades, such as \"side=Direction;entry_time=Opened\"")]
        public string? Columns { get; init; }
        [Key("of a file of trades: how many systems were tried before this one was chosen (not known)")]
        public int? Trials { get; init; }
        [Key("a file of the curve's closed trades, which are resampled too", Placeholder = "FILE")]
        public string? Trades { get; init; }
        [Key("paths of each method of resampling; 0 = none"), Range(0, 1_000_000)]
        public int Paths { get; init; } = 10_000;
        [Key("seed of the paths"), Range(0, 1L << 53)]
        public long Seed { get; init; } = 1;
        [Key("profit to reach, in percent of the start"), Range(0.01, 1e9)]
        public double Goal { get; init; } = 100;
        [Key("loss that counts as ruin, in percent of the start"), Range(0.1, 99.9)]
        public double Ruin { get; init; } = 50;
        [Key("share of the trades that one method leaves out, in percent"), Range(0, 100)]
        public double Skip { get; init; } = 10;
    }

    public static Command Create(CompositionRoot root)
    {
        var file = new Argument<string>("EQUITY.csv|TRADES.csv")
        {
            Description = "a CSV or Parquet file with date,equity, or trades of Granary, backtrader, freqtrade, LEAN, TradingView or MetaTrader",
        };
        var command = new Command("analyze", "Statistics of any equity curve, or of trades alone.") { file };
        var options = new OptionBinding<Options>(command);
        command.SetAction(call => Run(call.GetValue(file)!, options.Read(call), () => root.Catalogues(call).Tables));
        return command;
    }

    private static void Run(string file, Options given, Func<TableFormatCatalogue> tables)
    {
        if (File.Exists(file) && (given.Columns is not null || TradeFile.Knows(file)))
        {
            if (given.Benchmark is not null || given.Out is not null || given.Trades is not null)
                throw new InputException($"{file}: trades alone have no equity curve for --benchmark, --out or --trades; granary combine "
                    + "makes one");
            TradesView.Write(AnalyzeTrades.Run(file, TradeFile.ColumnsOf(given.Columns), given.Trials), given.Json);
            return;
        }
        var analysis = AnalyzeCurve.Run(new AnalyzeRequest(file, given.Benchmark, given.PeriodsPerYear, given.RiskFree)
        {
            Tables = tables(),
            TradesFile = given.Trades,
            Resampling = given.Paths == 0 ? null
                : new ResamplingPlan(given.Paths, (ulong)given.Seed, given.Goal / 100, given.Ruin / 100, given.Skip / 100),
            Threads = Environment.ProcessorCount,
        });
        var sheet = new TearSheet(given.Title ?? Path.GetFileName(file))
        {
            PeriodsPerYear = given.PeriodsPerYear,
            Benchmark = analysis.Benchmark,
            BenchmarkName = Path.GetFileName(given.Benchmark),
            RiskFree = RiskFreeRate.Of(given.RiskFree / 100),
            Author = given.Author,
            Notes = analysis.Notes,
            Resampling = analysis.Resampling,
        };
        if (given.Out is { } path) AtomicFile.Write(path, w => HtmlReport.Write(w, analysis.Curve, sheet));
        if (given.Json) Console.WriteLine(CurveAnalysisJson.Write(analysis));
        else Show(Path.GetFileName(file), Path.GetFileName(given.Benchmark), analysis);
    }

    // The JSON names are shown beside the words, since scripts use them.
    private static void Show(string name, string? benchmark, CurveAnalysis analysis)
    {
        var s = analysis.Statistics;
        var span = $"from {NumberText.Time(s.Measures.FirstTime)} to {NumberText.Time(s.Measures.LastTime)}";
        TableWriter.Write($"{name}: {Counted.Of(s.Points, "point")} {span}",
            [Column.Text("Statistic"), Column.Number("Value"), Column.Text("Name in --json")],
            analysis.Statistics.Metrics.Listed().Select(v => new[] { v.Metric.Name, MetricText.Value(v.Metric, v.Value), v.Metric.Key }));
        if (analysis is { Join: { } join, Benchmark: { } other })
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{benchmark}: joined by {(join.IsByDay ? "day" : "time")}; {Counted.Of(join.Own.Count, s.Points, "row")} of the curve and "
                    + $"{join.Own.Count:N0} of {other.Count:N0} of the benchmark, from {NumberText.Time(join.Own.Times[0])} to "
                    + $"{NumberText.Time(join.Own.Times[^1])}"));
        foreach (var note in analysis.Notes) Output.Marked("Note", note);
        TableWriter.Write("Deepest drawdowns",
            [Column.Number("Depth", "%"), Column.Text("Peak"), Column.Text("Trough"), Column.Text("Recovery"),
                Column.Number("Length", "days")],
            analysis.WorstDrawdowns.Take(5)
                .Select(d => new[] { Cell.Percent(d.Depth), NumberText.Date(d.Peak), NumberText.Date(d.Trough), d.Recovery is { } recovery
                    ? NumberText.Date(recovery) : "not yet", Cell.Count((long)Math.Round(d.Days)) }));
        if (analysis.Resampling is { } resampling) ResamplingView.Write(resampling);
        TableWriter.Write("Years", [Column.Text("Year"), Column.Number("Return", "%")],
            analysis.Years.Select(y => new[] { y.Year.ToString(CultureInfo.InvariantCulture), Cell.Percent(y.Return) }));
    }
}
