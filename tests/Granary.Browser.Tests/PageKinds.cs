using Granary.Engine.Analysis;
using Granary.Engine.Analysis.Metrics;
using Granary.Reporting.Html;
using Granary.Reporting.Html.Pages;
using Granary.Reporting.Runs;
using Granary.Reporting.Tests.Synthetic;
using Granary.Testing;

namespace Granary.Browser.Tests;

/// <summary>A page of every kind that Granary writes, each with all of its sections.</summary>
internal static class PageKinds
{
    // The page "sections" has those of each of these, and is opened once in their place.
    private static readonly string[] _ofOneSection = ["backtest", "walk-forward", "learning", "market-states", "search"];

    /// <summary>The kinds that a test looks at: each section of each page once, or each page.</summary>
    public static readonly string[] All =
    [
        "sections", "live", "zero-trades", "ruined", "compare", "compare-live", "analyze", "track",
        .. TestEffort.IsLong ? _ofOneSection : [],
    ];

    private static readonly SyntheticRun _run = SyntheticRun.Make(strategies: 24, trades: 480);

    public static void Write(string kind, TextWriter output)
    {
        var (checks, outcomes) = SyntheticSections.Validation();
        // A production configuration has its evidence on one line, without a space for hundreds of characters.
        var live = With(outcomes, SyntheticSections.Session())
            with
        { BatchText = "{ \"evidence\": {" + string.Join(',', Enumerable.Range(0, 60).Select(k => $"\"figure{k}\":0.{k}")) + "} }" };
        switch (kind)
        {
            case "sections":
                HtmlReport.Write(output, With(checks, outcomes, _run.Model.Section<WeightResults>()!,
                    _run.Model.Section<AllocationResults>()!, SyntheticSections.WalkForward(), SyntheticSections.Learning(),
                    SyntheticSections.Regimes(), SyntheticSearch.Of(_run.Model)), _run);
                break;
            case "backtest": HtmlReport.Write(output, With(checks, outcomes, _run.Model.Section<WeightResults>()!), _run); break;
            case "walk-forward": HtmlReport.Write(output, With(SyntheticSections.WalkForward()), _run); break;
            case "live": HtmlReport.Write(output, live, _run); break;
            case "learning": HtmlReport.Write(output, With(SyntheticSections.Learning()), _run); break;
            case "search": HtmlReport.Write(output, With(SyntheticSearch.Of(_run.Model)), _run); break;
            case "market-states": HtmlReport.Write(output, With(SyntheticSections.Regimes()), _run); break;
            case "zero-trades":
                var idle = SyntheticRun.Make(strategies: 12, trades: 0, symbols: 3);
                HtmlReport.Write(output, idle.Model with { Notes = [new RunNote(NoteCode.NoTrades, "No strategy opened a trade.")] }, idle);
                break;
            case "ruined": HtmlReport.Write(output, Ruined(), _run); break;
            case "compare":
                var other = SyntheticRun.Make(strategies: 24, trades: 480, seed: 8);
                CompareReport.Write(output, _run.Model, _run, other.Model with { Run = "quickstart-20261027T090000Z" }, other);
                break;
            case "compare-live": CompareReport.Write(output, _run.Model, _run, live, _run); break;
            case "analyze": Analysis(output); break;
            case "track": Replication().Write(output); break;
            default: throw new ArgumentOutOfRangeException(nameof(kind), kind, "no page is of this kind");
        }
    }

    private static RunModel With(params ResultSection[] sections) => _run.Model with { Sections = sections };

    // From the middle of its record on the account has nothing; of a ruined account no ratio is defined.
    private static RunModel Ruined()
    {
        var model = _run.Model;
        var recorder = new EquityRecorder();
        var middle = model.Closes[model.Closes.Count / 2].Time;
        foreach (var row in model.Closes)
            recorder.Add(row.Time < middle ? row : row with { Equity = 0, Cash = 0, Exposure = 0, Drawdown = 1 });
        return model with
        {
            Equity = recorder.Rows(),
            Closes = recorder.Closes(),
            WorstDrawdowns = recorder.WorstDrawdowns(),
            Portfolio = Lost(model.Portfolio!),
            Strategies = [.. model.Strategies.Select((s, i) => i < 3 ? s with { Stats = Lost(s.Stats!) } : s)],
            Notes = [new RunNote(NoteCode.Ruined, "The portfolio's account reached zero equity and was closed: its return is -100 %.")],
            Sections = [],
        };
    }

    private static MetricSet Lost(MetricSet metrics)
    {
        var values = metrics.Listed().ToDictionary(m => m.Metric.Key, m => m.Value, StringComparer.Ordinal);
        foreach (var key in (string[])["sharpe", "sortino", "calmar", "volatility"]) values[key] = double.NaN;
        (values["totalReturn"], values["cagr"], values["finalEquity"], values["maxDrawdown"]) = (-1, -1, 0, 1);
        return MetricCatalogue.BuiltIn.Read(values);
    }

    private static void Analysis(TextWriter output)
    {
        var rows = _run.Model.Closes;
        HtmlReport.Write(output, new EquityCurve([.. rows.Select(r => r.Time)], [.. rows.Select(r => r.Equity)]), new TearSheet("My fund")
        {
            Author = "A. Trader",
            Benchmark = _run.Model.Benchmark,
            BenchmarkName = "S&P 500",
            RiskFree = RiskFreeRate.Of(0.02),
            Notes = ["Row 17 repeats row 16."],
            Resampling = SyntheticResampling.Results,
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
