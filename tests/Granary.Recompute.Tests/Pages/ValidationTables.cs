using System.Text.Json;
using System.Text.RegularExpressions;
using Granary.Recompute.Tests.Figures;

namespace Granary.Recompute.Tests.Pages;

/// <summary>The validation checks and the bridge from the headline to each of their figures.</summary>
internal sealed class ValidationTables(PageCheck check, RunFigures run)
{
    private const double WeeksPerYear = 365.25 / 7;

    private static readonly (string Key, string Title)[] Checks =
    [
        ("outOfSample", "On bars that the choice had not seen"), ("deflatedSharpe", "Sharpe ratio, deflated by all trials"),
            ("probabilityOfOverfitting", "Probability of overfitting"),
        ("causality", "Look-ahead"), ("costStress", "Double costs, one bar later"), ("betterThanBenchmark", "Better than the benchmark"),
    ];

    private readonly WeeklyReturns _portfolio = WeeklyReturns.Of(run.Rows, run.Cash);

    public void Check()
    {
        if (!run.Files.Results.TryGetProperty("evidence", out var findings)) return;
        check.Table("The validation checks", [.. Checks.Where(c => findings.TryGetProperty(c.Key, out _)).Select(c => new Cells
        {
            ["Check"] = c.Title,
            ["Outcome"] = findings.GetProperty(c.Key).GetProperty("state").GetString()!,
            ["What was found"] = Typeset(findings.GetProperty(c.Key).GetProperty("sentence").GetString()!),
        })]);
        check.Headline(new Cells
        {
            ["Verdict"] = findings.EnumerateObject().All(c => c.Value.GetProperty("state").GetString() == "passed")
            ? "May be traded" : "Do not trade"
        });
        // A live session carries the outcomes of the backtest that justified it, without their figures.
        if (!run.Files.Results.TryGetProperty("guards", out var checks)) return;
        Figures(checks);
        if (checks.TryGetProperty("bridge", out _)) Bridge(checks, findings);
    }

    // As the page writes numbers: no space before a percent sign, and a minus for a minus.
    private static string Typeset(string sentence) =>
        Regex.Replace(Regex.Replace(sentence, @"(?<=\d) %", "%"), @"(?<=^|[ (])-(?=\d)", "−");

    private static double Value(JsonElement owner, string key) =>
        owner.TryGetProperty(key, out var value) && value.ValueKind == JsonValueKind.Number ? value.GetDouble() : double.NaN;

    // The Sharpe ratio, what luck would show, and how sure one can be of it, from the weeks of the rebuilt equity. Counts of trials come
    // from the ledger.
    private void Figures(JsonElement checks)
    {
        var returns = _portfolio.Returns;
        var (shape, sharpe, n) = (Shape.Of(returns), Sharpe(returns), returns.Length);
        var trials = Value(checks, "effectiveTrials");
        var expected = Math.Sqrt(1.0 / (n - 1)) * ExpectedMaximum(trials);
        var against = Math.Max(expected, Value(checks, "winnersOfNothing") is var w && double.IsNaN(w) ? 0 : w);
        check.Pairs("Figures", new Cells
        {
            ["Trials on these bars"] = Value(checks, "trials"),
            ["of which new"] = Value(checks, "newTrials"),
            ["Effective number of trials"] = trials,
            ["Sharpe ratio per period (weeks)"] = sharpe,
            ["Expected of the best worthless trial"] = expected,
            ["Expected of the winners among worthless trials"] = Value(checks, "winnersOfNothing"),
            ["Deflated Sharpe ratio"] = Shape.Normal((sharpe - against) * Math.Sqrt(n - 1) / shape.Error(sharpe)),
            ["The same, all trials independent"] =
                Shape.Normal((sharpe - Value(checks,
                    "trialDeviation") * ExpectedMaximum(Value(checks, "trials"))) * Math.Sqrt(n - 1) / shape.Error(sharpe)),
            ["Least record, weeks"] = sharpe > 0 ? Math.Ceiling(1 + Math.Pow(shape.Error(sharpe) * Shape.Quantile95 / sharpe, 2))
                : double.NaN,
            ["Probability of overfitting"] = Value(checks, "probabilityOfOverfitting"),
            ["Probability that the choice loses"] = Value(checks, "probabilityOfLoss"),
            ["White's reality check, p"] = Value(checks, "realityCheck"),
            ["Mean block of the bootstrap, periods"] = Value(checks, "meanBlock"),
            ["Superior predictive ability, p"] = Value(checks, "superiorPredictiveAbility"),
        });
    }

    private static double Sharpe(double[] returns) => returns.Any(r => r <= -1) ? double.NaN
        : returns.Average() / CurveFigures.Deviation(returns);

    // (1 − γ)·Φ⁻¹(1 − 1/N) + γ·Φ⁻¹(1 − 1/(N·e))
    private static double ExpectedMaximum(double trials)
    {
        const double Euler = 0.5772156649015329;
        return (1 - Euler) * Quantile(1 - 1 / trials) + Euler * Quantile(1 - 1 / (trials * Math.E));
    }

    // By halving, since it shares nothing with the product's approximation.
    private static double Quantile(double probability)
    {
        var (low, high) = (-10.0, 10.0);
        for (var i = 0; i < 60; i++)
        {
            var middle = (low + high) / 2;
            if (Shape.Normal(middle) < probability) low = middle;
            else high = middle;
        }
        return (low + high) / 2;
    }

    private void Bridge(JsonElement checks, JsonElement findings)
    {
        var (first, last) = (_portfolio.First, _portfolio.First + _portfolio.Returns.Length);
        var members = run.Files.Weighted.Select(s => (Weight: s.GetProperty("weight").GetDouble(), Strategy: s)).ToList();
        var total = members.Sum(m => Math.Abs(m.Weight));
        // Strategies as their models let them trade: their accounts are in no file.
        var isLearning = File.Exists(Path.Combine(run.Files.Folder, "learning.json"));
        check.Table("From the headline figure", name =>
        {
            var row = checks.GetProperty("bridge").EnumerateArray().Single(r => r.GetProperty("figure").GetString() == name);
            var stretch = row.TryGetProperty("from", out var from)
                ? $"{from.GetString()![..10]} to {row.GetProperty("to").GetString()![..10]}" : "whole record";
            var (begin, end) = from.ValueKind == JsonValueKind.Undefined ? (first, last)
                : (WeeklyReturns.Week(from.GetDateTime().ToUniversalTime()),
                    WeeklyReturns.Week(row.GetProperty("to").GetDateTime().ToUniversalTime()) + 1);
            var weeks = Enumerable.Range(begin, end - begin).ToList();
            var cells = new Cells { ["Figure"] = name, ["Stretch"] = stretch, ["Sharpe ratio, annual"] = double.NaN };
            if (name == "Portfolio") (cells["Return"], cells["Sharpe ratio, annual"]) = (Stat("totalReturn"), Stat("sharpe"));
            else if (name is "Portfolio, by weeks" or "Portfolio, unseen stretch only") Of(cells, [.. weeks.Select(_portfolio.At)]);
            else if (isLearning && name.StartsWith("Its strategies", StringComparison.Ordinal))
                (cells["Return"], cells["Sharpe ratio, annual"]) = (Value(row, "return"), Value(row, "sharpe"));
            else if (name == "Its strategies on paper, same stretch")
            {
                var own = members.ConvertAll(m => WeeklyReturns.Of(run.OwnRows(m.Strategy), run.Cash));
                Of(cells, [.. weeks.Select(w => members.Zip(own, (m, r) => m.Weight / total * r.At(w)).Sum())]);
            }
            else if (name == "Its strategies, each in an account of its own")
                cells["Return"] = members.Sum(m => m.Weight * RunFigures.Stat(m.Strategy, "totalReturn")) / total;
            else if (name == "Out of sample")
                (cells["Return"], cells["Sharpe ratio, annual"]) = (Value(findings.GetProperty("outOfSample"), "return"),
                    Value(findings.GetProperty("outOfSample"), "sharpe") * Math.Sqrt(WeeksPerYear));
            else if (name == "Under stress") cells["Return"] = Value(findings.GetProperty("costStress"), "stressed");
            return cells;
        });
    }

    private double Stat(string key) => run.Files.PortfolioStats.GetProperty(key) is { ValueKind: JsonValueKind.Number } value
        ? value.GetDouble() : double.NaN;

    private static void Of(Cells cells, double[] returns) =>
        (cells["Return"], cells["Sharpe ratio, annual"]) = (returns.Aggregate(1.0, (g, r) => g * (1 + r)) - 1,
            Sharpe(returns) * Math.Sqrt(WeeksPerYear));
}
