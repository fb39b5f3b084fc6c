using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Granary.Backtesting.Verification;
using Granary.Cli.Tables;
using Granary.Engine.Analysis.Metrics;
using Granary.Engine.Trading;
using Granary.Reporting.Html;
using Granary.Reporting.Html.Pages;
using Granary.Reporting.Runs;
using Granary.Simulation.RunFolders;
using Granary.Storage.Files;

namespace Granary.Cli.Commands;

/// <summary><c>granary compare RUN_A RUN_B</c>: the differences of two runs.</summary>
internal static class CompareCommand
{
    private const int UsualRows = 10;

    // The portfolio's statistics come first, since only ten rows are printed.
    private static readonly string[] _headlines =
        [.. MetricCatalogue.BuiltIn.All.Where(m => m.Headline > 0).OrderBy(m => m.Headline).Select(m => m.Key)];

    public static Command Create(CompositionRoot root)
    {
        var a = new Argument<string>("RUN_A") { Description = "a run's folder" };
        var b = new Argument<string>("RUN_B") { Description = "another run's folder" };
        var json = new Option<bool>("--json") { Description = "print the differences as JSON" };
        var all = new Option<bool>("--all") { Description = "print every row of each table, not the first ten" };
        var page = new Option<string?>("--out") { Description = "the file of the page (RUN_B/compare.html)" };
        var command = new Command("compare",
            "The differences of two runs, strategy by strategy and trade by trade, in the terminal and as a page.")
        {
            a, b, all, json, page,
        };
        command.SetAction(call =>
        {
            var most = call.GetValue(all) ? int.MaxValue : UsualRows;
            var (folderA, folderB) = (call.GetValue(a)!, call.GetValue(b)!);
            var gap = LiveDivergence.IsLive(folderB) ? LiveDivergence.Of(folderA, folderB)
                : LiveDivergence.IsLive(folderA) ? LiveDivergence.Of(folderB, folderA) : null;
            var metrics = root.Catalogues(call).Metrics;
            var (first, second) = (SavedRun.Read(folderA, metrics), SavedRun.Read(folderB, metrics));
            var difference = RunDifference.Of(folderA, first, folderB, second);
            var path = Path.GetFullPath(call.GetValue(page) ?? Path.Combine(folderB, "compare.html"));
            AtomicFile.Write(path, w => CompareReport.Write(w, first.Model, first, second.Model, second));
            var ledger = TrialDifference.Of(first.Model, second.Model);
            if (call.GetValue(json)) Console.WriteLine(Json(difference, (gap, ledger), (first.Model.Verdict, second.Model.Verdict), path));
            else Show(difference, (gap, ledger), path, (first, second), most);
            return 0;
        });
        return command;
    }

    private static string Json(RunDifference difference, (LiveDivergence? Gap, TrialDifference? Ledger) causes,
        (ValidationVerdict A, ValidationVerdict B) verdicts, string page) =>
        JsonSerializer.Serialize(new
        {
            difference.SameDigest,
            difference.DigestA,
            difference.DigestB,
            VerdictA = verdicts.A,
            VerdictB = verdicts.B,
            difference.OnlyInA,
            difference.OnlyInB,
            difference.Statistics,
            TradesOnlyInA = difference.TradesOnlyInA.Select(t => Line(t, t.First!.Value)),
            TradesOnlyInB = difference.TradesOnlyInB.Select(t => Line(t, t.Second!.Value)),
            TradesChanged = difference.TradesChanged.Select(t => new
            {
                A = Line(t, t.First!.Value),
                B = Line(t, t.Second!.Value)
            }),
            StrategiesNotCompared = difference.NotListed,
            Page = page,
            Gap = causes.Gap is not { } gap ? null
                : new { gap.Backtest, gap.Live, gap.Total, causes = gap.Causes.ToDictionary(c => c.Cause, c => c.Amount), gap.Trades },
            causes.Ledger,
        }, Output.Json);

    // The symbol is shown for strategies of several symbols; the id of the others contains it.
    private static string Line(in TradePair pair, in Trade t) =>
        string.Join(',', pair.Symbol.Length > 0 ? $"{pair.Strategy},{pair.Symbol}" : pair.Strategy, RunText.Of(t.Side),
        RunText.Number(t.Quantity), RunText.Time(t.EntryTime), RunText.Number(t.EntryPrice), RunText.Time(t.ExitTime),
        RunText.Number(t.ExitPrice), RunText.Number(t.NetProfit), RunText.Number(t.Commission), t.Reason.Word());

    private static void Show(RunDifference difference, (LiveDivergence? Gap, TrialDifference? Ledger) causes, string page,
        (SavedRun First, SavedRun Second) runs, int most)
    {
        var (first, second) = runs;
        Console.WriteLine(difference.SameDigest ? $"The runs are the same: {difference.DigestA}"
            : $"The runs differ: A {difference.DigestA}, B {difference.DigestB}");
        if (causes.Ledger is { } ledger) Output.Marked("Note", ledger.Sentence);
        foreach (var (name, verdict) in new[] { ("A", first.Model.Verdict), ("B", second.Model.Verdict) })
            Console.WriteLine($"Verdict on {name}  {verdict.Sentence}");
        if (causes.Gap is { } gap) ShowGap(gap, most);
        Ids("A", difference.OnlyInA, most);
        Ids("B", difference.OnlyInB, most);
        ShowStatistics(difference.Statistics, most);
        if (!first.HasTrades || !second.HasTrades)
            Output.Marked("Note",
                $"Run {(first.HasTrades ? "B" : "A")} has no trades.csv: its trades cannot be compared. Put \"trades\" among its outputs.");
        else ShowTrades(difference, most);
        if (first.HasTrades && second.HasTrades && difference.NotListed > 0)
            Output.Marked("Note", $"The trades of {Counted.Of(difference.NotListed, "strategy")} are not compared, since one of the runs "
                + $"does not list them. Run both with \"outputs\": \"all\".");
        Console.WriteLine($"Page {page}");
    }

    private static void ShowStatistics(IReadOnlyList<StatisticDifference> statistics, int most)
    {
        TableWriter.Write("Statistics that differ (pp: percentage points)",
            [Column.Text("Strategy"), Column.Text("Statistic"), Column.Number("A"), Column.Number("B"), Column.Number("B − A")],
            statistics.OrderBy(d => d.Strategy != "portfolio").ThenBy(Rank).Take(most).Select(d =>
            {
                var (a, b) = (d.A ?? double.NaN, d.B ?? double.NaN);
                return new[] { d.Strategy, MetricText.Name(d.Statistic), MetricText.Value(d.Statistic, a), MetricText.Value(d.Statistic, b),
                    MetricText.Difference(d.Statistic, a, b) };
            }));
        More(statistics.Count - (long)most, "statistic");

        static int Rank(StatisticDifference d) =>
            d.Strategy == "portfolio" && Array.IndexOf(_headlines, d.Statistic) is var at and >= 0 ? at : int.MaxValue;
    }

    private static void More(long count, string noun)
    {
        if (count > 0) Console.WriteLine($"and {Counted.Of(count, $"more {noun}")}; --all prints them");
    }

    private static void ShowTrades(RunDifference difference, int most)
    {
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"Trades: {difference.TradesOnlyInA.Count():N0} only in A, {difference.TradesOnlyInB.Count():N0} only in "
                + $"B, {difference.TradesChanged.Count():N0} changed (of strategies' own accounts, open trades included)"));
        var hasSymbols = difference.Trades.Any(t => t.Symbol.Length > 0);
        Column[] symbol = hasSymbols ? [Column.Text("Symbol")] : [];
        TableWriter.Write("", [Column.Text("Run"), Column.Text("Strategy"), .. symbol, Column.Text("Side"), Column.Text("Entry (UTC)"),
            Column.Number("Quantity"), Column.Number("Entry price"), Column.Number("Exit price"), Column.Number("Net profit")],
            difference.Trades.SelectMany(Rows).Take(most));
        More(difference.Trades.Sum(t => (t.First is null ? 0L : 1) + (t.Second is null ? 0 : 1)) - most, "row");

        IEnumerable<string[]> Rows(TradePair pair)
        {
            if (pair.First is { } a) yield return Row("A", pair, a);
            if (pair.Second is { } b) yield return Row("B", pair, b);
        }

        string[] Row(string run, in TradePair pair, in Trade t) =>
            [run, pair.Strategy, .. hasSymbols ? [pair.Symbol] : (string[])[], RunText.Of(t.Side), NumberText.Time(t.EntryTime),
                Cell.Market(t.Quantity), Cell.Market(t.EntryPrice),
                Cell.Market(t.ExitPrice), Cell.Money(t.NetProfit)];
    }

    private static void Ids(string run, IReadOnlyList<string> ids, int most)
    {
        foreach (var id in ids.Take(most)) Console.WriteLine($"only in {run}: {id}");
        More(ids.Count - (long)most, "strategy");
    }

    private static void ShowGap(LiveDivergence gap, int most)
    {
        TableWriter.Write("The account's net profit against the backtest's, by cause", [Column.Text("Cause"), Column.Number("Amount")],
            [["backtest", Cell.Money(gap.Backtest)], .. gap.Causes.Select(c => new[] { c.Cause, Cell.Money(c.Amount) }),
                ["account", Cell.Money(gap.Live)]]);
        // A difference that is printed as 0.00 counts as none.
        List<TradeDivergence> different = [.. gap.Trades.Where(t => Math.Abs(t.Total) >= 0.005).OrderByDescending(t => Math.Abs(t.Total))];
        TableWriter.Write($"Trades that differ, {Counted.Of(different.Count, gap.Trades.Count, "trade")}, largest difference first",
            [Column.Text("Strategy"), Column.Text("Symbol"), Column.Text("Entry (UTC)"), Column.Number("Difference"),
                Column.Text("Largest cause"), Column.Text("Known reason")],
            different.Take(most)
                .Select(t => new[] { t.Strategy, t.Symbol, RunText.Time(t.EntryTime.Ticks), Cell.Money(t.Total), t.LargestCause, t.Why }));
        More(different.Count - (long)most, "trade");
    }
}
