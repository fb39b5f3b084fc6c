using Granary.Engine.Analysis;
using Granary.Reporting.Html;
using Granary.Reporting.Html.Pages;
using Granary.Reporting.Tests.Synthetic;

namespace Granary.Browser.Tests;

/// <summary>A page of every kind that Granary writes, each with all of its sections.</summary>
internal static class PageKinds
{
    public static readonly string[] All = ["backtest", "walk-forward", "live", "compare", "analyze", "track"];

    private static readonly SyntheticRun _run = SyntheticRun.Make(strategies: 60, trades: 1200);

    public static void Write(string kind, TextWriter output)
    {
        switch (kind)
        {
            case "backtest": HtmlReport.Write(output, With("guards", "evidence", "regimes", "learning", "weights"), _run); break;
            case "walk-forward": HtmlReport.Write(output, With("walkForward"), _run); break;
            case "live": HtmlReport.Write(output, With("evidence", "session"), _run); break;
            case "compare":
                var other = SyntheticRun.Make(strategies: 60, trades: 1200, seed: 8);
                CompareReport.Write(output, _run.Model, _run, other.Model with { Run = "quickstart-20261027T090000Z" }, other);
                break;
            case "analyze": Analysis(output); break;
            case "track": Replication().Write(output); break;
            default: throw new ArgumentOutOfRangeException(nameof(kind), kind, "no page is of this kind");
        }
    }

    private static Reporting.Runs.RunModel With(params string[] sections)
    {
        var all = new Dictionary<string, string>(_run.Model.Sections, StringComparer.Ordinal)
        {
            ["session"] = """
                {"account":210340.5,"model":210400,"cash":20000,"fees":812.4,"orders":420,"fills":415,"rejected":5,"unknown":0,"openTrades":3,
                "backtest":210400,"sameDecisions":true,"sentence":"account 210,340.50, a backtest of the same bars 210,400.00: -59.50 by missed fill -59.50",
                "causes":[{"cause":"missed fill","amount":-59.5}],
                "trades":[{"strategy":"SmaCross(fast=5,slow=40)@ACME:1d","symbol":"ACME","entry":"2012-02-01","amount":-59.5,"why":"the venue refused it"}]}
                """,
        };
        return _run.Model
            with
        { Sections = all.Where(s => sections.Contains(s.Key)).ToDictionary(s => s.Key, s => s.Value, StringComparer.Ordinal) };
    }

    private static void Analysis(TextWriter output)
    {
        var rows = _run.Model.Closes;
        HtmlReport.Write(output, new EquityCurve([.. rows.Select(r => r.Time)], [.. rows.Select(r => r.Equity)]), new TearSheet("My fund")
        {
            Author = "A. Trader",
            Benchmark = _run.Model.Benchmark,
            BenchmarkName = "S&P 500",
            RiskFree = 0.02,
            Notes = ["Row 17 repeats row 16."],
        });
    }

    private static TrackingReport Replication()
    {
        var random = new Random(4);
        var times = Enumerable.Range(0, 500).Select(d => new DateTime(2020, 1, 1).AddDays(d).Ticks).ToArray();
        var index = times.Select(_ => 0.02 * (random.NextDouble() - 0.48)).ToArray();
        var replica = index.Select(r => 0.9 * r + 0.004 * (random.NextDouble() - 0.5)).ToArray();
        (string, double)[] names = [("S02", 0.58), ("S31", 0.32), ("S44", -0.2)];
        return new TrackingReport("INDEX", names, 0.0001, [(1, 0.4), (2, 0.3), (3, 0.25)],
            [new TrackingFigures("fitted periods", 350, 0.3365, -1.13, 0.8381, 0.397),
                new TrackingFigures("later periods", 150, 0.4025, 1.06, 0.702, 0.3101)],
            times, index, replica, 350, (100, replica[100..]),
            [.. Enumerable.Range(0, 8).Select(i => new TrackingChoice(times[100 + 50 * i], names, i == 0 ? 1 : 0.1 * i, 0.3 + 0.01 * i))],
            ["The weights sum to 0.7."]);
    }
}
