using System.Globalization;
using System.Text;

namespace Granary.Engine.Analysis.Metrics;

/// <summary>A catalogue as a page to read: docs/metrics.md.</summary>
internal static class MetricPage
{
    private static readonly (MetricGroup Group, string Title)[] _sections =
    [
        (MetricGroup.Return, "Return"), (MetricGroup.Risk, "Risk"), (MetricGroup.ReturnForRisk, "Return for risk"),
        (MetricGroup.Trades, "Trades"),
        (MetricGroup.Excursions, "Streaks and excursions of trades"), (MetricGroup.Exposure, "Exposure and costs"),
        (MetricGroup.Benchmark, "Against a benchmark"), (MetricGroup.Checks, "Validation checks"),
    ];

    /// <summary>Markdown, lines ended by a single newline.</summary>
    public static string Markdown(MetricCatalogue catalogue)
    {
        var page = new StringBuilder();
        page.Append(CultureInfo.InvariantCulture, $"""
            # Metrics

            This page is generated from the catalogue in `src/Granary.Engine/Analysis/Metrics`. A test fails when the page is out of date;
            `GRANARY_WRITE_DOCS=1` writes it.
            The key is the name in `results.json`. Fractions are not percent. An undefined value is `null`.
            E is equity at each bar's close, r its simple returns, b the benchmark's, n their number.

            "Of" says what has the metric: *strategies* (each strategy and the portfolio), *portfolios*, *curves* (`granary analyze`,
            and the report's curve) or *trades* (the report).
            "Better" says which values a walk-forward optimisation chooses where `objective` names the metric. Metrics of strategies that
            have one are objectives.
            Where accounts are ranked, a ratio that is undefined because nothing was lost is above all values.
            A metric that is undefined because nothing was traded is below all values, and a ruined account is last.

            """);
        foreach (var (group, title) in _sections)
        {
            var metrics = catalogue.All.Where(m => m.Group == group).ToList();
            if (metrics.Count == 0) continue;
            page.Append(CultureInfo.InvariantCulture,
                $"\n## {title}\n\n| key | name | formula | source | unit | better | of |\n| --- | --- | --- | --- | --- | --- | --- |\n");
            foreach (var m in metrics)
                page.Append(CultureInfo.InvariantCulture,
                    $"| `{m.Key}` | {m.Name} | {Cell(m.Formula)} | {m.Source} | {Unit(m.Unit)} | {Better(m)} | {Of(m.Needs)} |\n");
        }
        page.Append("\n## Conventions\n\n| name | definition | source |\n| --- | --- | --- |\n");
        foreach (var formula in Formulas.Conventions.Concat(Formulas.Checks))
            page.Append(CultureInfo.InvariantCulture, $"| {formula.Name} | {Cell(formula.Text)} | {formula.Source} |\n");
        return page.ToString().ReplaceLineEndings("\n");
    }

    private static string Cell(string text) => text.Replace("|", "\\|", StringComparison.Ordinal);

    /// <summary>The unit as the page names it.</summary>
    public static string Unit(MetricUnit unit) => unit switch
    {
        MetricUnit.Ratio => "ratio",
        MetricUnit.Count => "count",
        MetricUnit.Days => "days",
        MetricUnit.Bars => "bars",
        MetricUnit.PerYear => "per year",
        MetricUnit.Periods => "returns",
        MetricUnit.Money or MetricUnit.Profit => "account currency",
        MetricUnit.Share or MetricUnit.Return or MetricUnit.Fraction => "fraction",
    };

    private static string Better(Metric metric) => metric.Better switch
    {
        MetricDirection.Higher => "higher",
        MetricDirection.Lower => "lower",
        MetricDirection.Neutral => "–",
    };

    private static string Of(MetricParts needs) => needs switch
    {
        MetricParts.Equity => "strategies, curves",
        MetricParts.Benchmark => "portfolios, curves",
        MetricParts.Days or MetricParts.AccountBenchmark => "portfolios",
        MetricParts.Checks => "strategies",
        _ when (needs & MetricParts.TradeDetails) != 0 => "trades",
        _ when (needs & ~MetricParts.Strategy) == 0 => "strategies",
        _ => "curves",
    };
}
