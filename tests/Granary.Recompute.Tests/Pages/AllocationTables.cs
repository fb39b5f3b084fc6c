using System.Text.Json;
using System.Text.RegularExpressions;
using Granary.Recompute.Tests.Figures;
using Granary.Recompute.Tests.Running;

namespace Granary.Recompute.Tests.Pages;

/// <summary>Weight rules compared: allocations.csv, the section of results.json, the table and the drawings of the page.</summary>
internal static class AllocationTables
{
    private const double Weeks = 365.25 / 7;

    // The weights of the other rules are compared with solvers in tests of their own.
    private static readonly string[] s_rules = ["equal", "winners", "inverse-volatility", "risk-parity"];

    public static void Results(ResultsCheck check, RunFigures run)
    {
        if (!run.Files.Results.TryGetProperty("allocations", out var section)) return;
        File(run.Files, section);
        var (every, window) = (section.GetProperty("everyDays").GetDouble(),
            section.TryGetProperty("windowDays", out var days) ? days.GetDouble() : double.NaN);
        var isShared = run.Files.Strategies.Any(s => RunFiles.SymbolsOf(s).Count() > 1);
        if (section.GetProperty("periodDays").GetDouble() != 7 || every % 7 != 0 || !(window % 7 == 0) || isShared)
        {
            check.Listed(@"allocations\..*", "recomputed of runs with weekly choices");
            return;
        }
        check.Number("allocations.everyDays", every);
        check.Number("allocations.windowDays", window);
        Compared(check, section, new ComparedRules(run.Files, run.OwnRows, run.Cash, (int)window / 7, (int)every / 7));
    }

    private static void Compared(ResultsCheck check, JsonElement section, ComparedRules figures)
    {
        var choices = figures.Choices;
        check.Number("allocations.strategies", figures.Strategies);
        check.Number("allocations.choices", choices.Count);
        check.Text("allocations.from", $"{WeeklyReturns.Start(choices[0]):yyyy-MM-ddTHH:mm:ss}Z");
        check.Text("allocations.to", $"{WeeklyReturns.Start(figures.End):yyyy-MM-ddTHH:mm:ss}Z");
        check.Number("allocations.periods", figures.End - choices[0]);
        check.Number("allocations.periodDays", 7);
        check.Listed(@"allocations\.samples", "a number of draws");
        var equal = figures.Of("equal");
        var known = s_rules.ToDictionary(r => r, figures.Of, StringComparer.Ordinal);
        foreach (var (i, rule) in section.GetProperty("rules").EnumerateArray().Index())
        {
            var path = $"allocations.rules[{i}].";
            if (!known.TryGetValue(rule.GetProperty("rule").GetString()!, out var figure))
            {
                check.Listed(Regex.Escape(path) + ".*", "weights of solvers, compared in tests of their own");
                continue;
            }
            check.Number(path + "return", figure.Return);
            check.Number(path + "volatility", figure.Deviation * Math.Sqrt(Weeks));
            check.Number(path + "sharpe", figure.Deviation > 1e-11 ? figure.Sharpe : double.NaN);
            check.Number(path + "maxDrawdown", figure.Drawdown);
            check.Number(path + "turnover", figure.Turnover, 1e-6);
            check.Number(path + "invested", figure.Invested);
            check.Number(path + "holds", figure.Holds);
            if (figure.Returns.SequenceEqual(equal.Returns)) continue;
            check.Number(path + "difference", figure.Sharpe - equal.Sharpe, 1e-6);
            check.Number(path + "standardError", SharpeError.Of(figure.Returns, equal.Returns) * Math.Sqrt(Weeks), 1e-5);
        }
        check.Listed(@"allocations\.rules\[\d+\]\.pValue", "drawn by chance");
        Corrected(check, section);
        if (section.TryGetProperty("risk", out var risk)) Risk(check, risk, figures, known);
    }

    // Holm: the smallest p-value times the number of tests, and so on; none below one before it.
    private static void Corrected(ResultsCheck check, JsonElement section)
    {
        var tests = section.GetProperty("rules").EnumerateArray().Index()
            .Where(r => r.Item.TryGetProperty("pValue", out var p) && p.ValueKind == JsonValueKind.Number)
            .Select(r => (r.Index, P: r.Item.GetProperty("pValue").GetDouble())).OrderBy(r => r.P).ThenBy(r => r.Index).ToList();
        var least = 0.0;
        foreach (var (rank, (index, p)) in tests.Index())
        {
            check.Claim($"rule {index} has a p-value of at most 1", p is > 0 and <= 1);
            least = Math.Max(least, Math.Min(1, p * (tests.Count - rank)));
            var shown = section.GetProperty("rules")[index].GetProperty("adjusted").GetDouble();
            check.Claim($"the adjusted p-value of rule {index} is {least}, not {shown}", Math.Abs(shown - least) < 1e-12);
        }
        check.Listed(@"allocations\.rules\[\d+\]\.adjusted", "compared above");
    }

    private static void Risk(ResultsCheck check, JsonElement risk, ComparedRules figures, Dictionary<string, RuleFigures> known)
    {
        var at = figures.Choices[^1];
        var (seen, past) = (figures.Seen(at), new List<double[]>());
        foreach (var i in seen) past.Add(figures.Past(i, at));
        var (matrix, shrinkage) = ComparedRules.Covariance([.. past]);
        double Mean(double[] w) => w.Select((x, i) => x * past[i].Average()).Sum() * Weeks;
        double[] Marginal(double[] w) => [.. matrix.Select(r => r.Zip(w, (c, x) => c * x).Sum())];
        double Variance(double[] w) => Marginal(w).Zip(w, (m, x) => m * x).Sum();
        check.Text("allocations.risk.from",
            $"{WeeklyReturns.Start(at - figures.Choices[0] + figures.First):yyyy-MM-ddTHH:mm:ss}Z");
        check.Text("allocations.risk.to", $"{WeeklyReturns.Start(at):yyyy-MM-ddTHH:mm:ss}Z");
        check.Number("allocations.risk.shrinkage", shrinkage);
        void Point(string path, double[] w)
        {
            check.Number(path + "return", Mean(w), 1e-6);
            check.Number(path + "risk", Math.Sqrt(Variance(w) * Weeks), 1e-6);
        }
        foreach (var (k, i) in seen.Index())
        {
            check.Text($"allocations.risk.strategies[{k}].name", figures.Id(i));
            Point($"allocations.risk.strategies[{k}].", [.. seen.Select(j => j == i ? 1.0 : 0)]);
        }
        foreach (var (k, rule) in risk.GetProperty("rules").EnumerateArray().Index())
            if (known.TryGetValue(rule.GetProperty("name").GetString()!, out var figure))
                Point($"allocations.risk.rules[{k}].", [.. seen.Select(i => figure.Last[i])]);
        check.Listed(@"allocations\.risk\.rules\[\d+\]\..*", "weights of solvers, compared in tests of their own");
        Frontier(check, risk, [.. past.Select(p => p.Average() * Weeks)]);
        if (!known.TryGetValue(risk.GetProperty("rule").GetString()!, out var shown))
        {
            check.Listed(@"allocations\.risk\.contributions.*", "weights of solvers, compared in tests of their own");
            return;
        }
        double[] weights = [.. seen.Select(i => shown.Last[i])];
        var shares = Marginal(weights).Zip(weights, (m, x) => m * x / Variance(weights)).ToList();
        foreach (var (k, c) in risk.GetProperty("contributions").EnumerateArray().Index())
        {
            var place = seen.FindIndex(i => figures.Id(i) == c.GetProperty("strategy").GetString());
            check.Text($"allocations.risk.contributions[{k}].strategy", figures.Id(seen[place]));
            check.Number($"allocations.risk.contributions[{k}].weight", weights[place], 1e-6);
            check.Number($"allocations.risk.contributions[{k}].share", shares[place], 1e-6);
        }
        check.Claim("each strategy with a weight has a share",
            risk.GetProperty("contributions").GetArrayLength() == weights.Count(w => w > 0));
    }

    private static void Frontier(ResultsCheck check, JsonElement risk, double[] means)
    {
        var points = risk.GetProperty("frontier").EnumerateArray()
            .Select(p => (Return: p.GetProperty("return").GetDouble(), Risk: p.GetProperty("risk").GetDouble())).ToList();
        var named = risk.GetProperty("strategies").EnumerateArray().Concat(risk.GetProperty("rules").EnumerateArray())
            .Select(p => (Return: p.GetProperty("return").GetDouble(), Risk: p.GetProperty("risk").GetDouble())).ToList();
        check.Claim("the frontier ends at the greatest return", Math.Abs(points[^1].Return - means.Max()) < 1e-9);
        check.Claim("return and risk of the frontier rise", points.Zip(points.Skip(1)).All(p => p.Second.Return > p.First.Return
            && p.Second.Risk >= p.First.Risk - 1e-9));
        // A strategy alone is a portfolio of the frontier's kind.
        check.Claim("no strategy has less risk than the frontier at its return", named.Take(means.Length).All(s =>
            points.Where(p => p.Return <= s.Return + 1e-9).Select(p => p.Risk).DefaultIfEmpty(points[0].Risk).Max() <= s.Risk + 1e-9));
        check.Listed(@"allocations\.risk\.frontier.*", "portfolios of a solver, compared in tests of their own");
    }

    // The file has the rows of the section.
    private static void File(RunFiles files, JsonElement section)
    {
        var table = CsvTable.Read(Path.Combine(files.Folder, "allocations.csv"));
        table.Rows.Count.ShouldBe(section.GetProperty("rules").GetArrayLength());
        foreach (var (row, rule) in table.Rows.Zip(section.GetProperty("rules").EnumerateArray()))
        {
            table.Text(row, "rule").ShouldBe(rule.GetProperty("rule").GetString());
            foreach (var (column, name) in ((string, string)[])[("return", "return"), ("volatility", "volatility"), ("sharpe", "sharpe"),
                ("max_drawdown", "maxDrawdown"), ("turnover", "turnover"), ("invested", "invested"), ("holds", "holds"),
                ("difference", "difference"), ("standard_error", "standardError"), ("p_value", "pValue"), ("adjusted_p_value", "adjusted")])
                table.Text(row, column).ShouldBe(rule.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number
                    ? value.GetDouble().ToString("R", System.Globalization.CultureInfo.InvariantCulture) : "");
        }
    }

    public static void Page(PageCheck check, RunFigures run)
    {
        if (!run.Files.Results.TryGetProperty("allocations", out var section)) return;
        check.List("Weight rules out of sample", JsonRecord.List(section, "rules"));
        check.Sentences.Listed("Each rule chose weights of .*", "figures of the section, compared there");
        check.Sentences.Listed("Money is divided among .*", "definitions");
        if (!section.TryGetProperty("risk", out var risk)) return;
        check.Drawn("Efficient frontier of the past");
        check.Sentences.Listed("Efficient frontier of the past.*", "times of the section, compared there");
        var least = risk.GetProperty("frontier")[0];
        check.Sentences.Says("The portfolio with the smallest risk has a volatility of {} and an expected return of {} a year.",
            least.GetProperty("risk").GetDouble(), least.GetProperty("return").GetDouble());
        check.Sentences.Listed("The frontier knows .*", "a figure of the section, compared there");
        check.Sentences.Listed(".* has .* of the money and .* of the variance\\.", "a figure of the section, compared there");
        var shown = risk.GetProperty("contributions").EnumerateArray().Take(20).ToList();
        check.Bars("Last weights of ", [.. shown.SelectMany(c => ((string[])["weight", "share of the variance"])
                .Select(s => $"{c.GetProperty("strategy").GetString()}: {s} "))],
            [.. shown.SelectMany(c => (double[])[c.GetProperty("weight").GetDouble(), c.GetProperty("share").GetDouble()])]);
        foreach (var c in shown)
            check.Sentences.Listed(Regex.Escape(c.GetProperty("strategy").GetString()!), "a name of a chart's row");
    }
}
