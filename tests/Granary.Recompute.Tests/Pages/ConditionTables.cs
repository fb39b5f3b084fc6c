using System.Text.Json;
using Granary.Recompute.Tests.Figures;
using Granary.Recompute.Tests.Running;

namespace Granary.Recompute.Tests.Pages;

/// <summary>Profit by condition: conditions.csv, the section of results.json and the tables of the page.</summary>
internal static class ConditionTables
{
    private const int MostTests = 20;

    /// <summary>Demands that every row of conditions.csv is the recomputed one.</summary>
    public static void File(RunFigures run)
    {
        var table = CsvTable.Read(Path.Combine(run.Files.Folder, "conditions.csv"));
        var expected = run.Conditions.Rows;
        table.Rows.Select(r => (table.Text(r, "strategy"), table.Text(r, "condition"), table.Text(r, "value")))
            .ShouldBe(expected.Select(e => (e.Strategy, e.Condition, e.Value)));
        foreach (var (row, e) in table.Rows.Zip(expected))
        {
            var isTest = e.IsTest && !double.IsNaN(e.First.PValue);
            var empty = new MeanFigures(0, double.NaN, double.NaN, double.NaN, double.NaN);
            var (first, later) = isTest ? (e.First, e.Later) : (empty, empty);
            (string, double)[] figures =
            [
                ("trades", e.All.Count), ("win_rate", e.WinRate), ("pnl_net", e.Profit), ("mean_return", e.All.Mean), ("low", e.All.Low),
                ("high", e.All.High), ("first_trades", isTest ? first.Count : double.NaN), ("first_mean_return", first.Mean),
                ("p_value", first.PValue), ("adjusted_p_value", e.Adjusted), ("later_trades", isTest ? later.Count : double.NaN),
                ("later_mean_return", later.Mean), ("later_low", later.Low), ("later_high", later.High), ("later_p_value", later.PValue),
                ("importance", e.Importance),
            ];
            foreach (var (column, value) in figures)
                Agreement.Same(table.Number(row, column), value).ShouldBeTrue(
                    $"{e.Strategy}, {e.Condition} {e.Value}: {column} is {table.Text(row, column)}, recomputed {value}");
            table.Text(row, "outcome").ShouldBe(e.Outcome);
        }
    }

    public static void Results(ResultsCheck check, RunFigures run)
    {
        if (!run.Files.Results.TryGetProperty("conditions", out var section)) return;
        var (tests, c) = (run.Conditions.Tests, run.Conditions);
        check.Text("conditions.split", $"{c.Split:yyyy-MM-ddTHH:mm:ss}Z");
        check.Number("conditions.tried", tests.Count);
        check.Number("conditions.chosen", tests.Count(t => t.Outcome != "not chosen"));
        check.Number("conditions.held", tests.Count(t => t.Outcome == "held"));
        check.Listed(@"conditions\.suggestion", "sections of a batch, which a test runs");
        foreach (var (i, t) in tests.Take(MostTests).Index())
        {
            var path = $"conditions.tests[{i}].";
            Names(check, section.GetProperty("tests")[i], path, t, ("condition", t.Condition), ("value", t.Value), ("outcome", t.Outcome));
            check.Number(path + "first", t.First.Count);
            check.Number(path + "firstMean", t.First.Mean);
            check.Number(path + "pValue", t.First.PValue);
            check.Number(path + "adjusted", t.Adjusted);
            check.Number(path + "later", t.Later.Count);
            check.Number(path + "laterMean", t.Later.Mean);
            check.Number(path + "laterLow", t.Later.Low);
            check.Number(path + "laterHigh", t.Later.High);
            check.Number(path + "laterPValue", t.Later.PValue);
        }
        foreach (var (s, strategy) in section.GetProperty("strategies").EnumerateArray().Index())
            foreach (var (i, r) in c.Rows.Where(r => r.Strategy == strategy.GetProperty("strategy").GetString()).Index())
            {
                var path = $"conditions.strategies[{s}].rows[{i}].";
                if (i == 0) check.Text($"conditions.strategies[{s}].strategy", r.Strategy);
                Names(check, strategy.GetProperty("rows")[i], path, null, ("condition", r.Condition), ("value", r.Value));
                check.Number(path + "trades", r.All.Count);
                check.Number(path + "winRate", r.WinRate);
                check.Number(path + "profit", r.Profit);
                check.Number(path + "meanReturn", r.All.Mean);
                check.Number(path + "low", r.All.Low);
                check.Number(path + "high", r.All.High);
                check.Number(path + "importance", r.Importance);
            }
        Ranking(check, [.. section.GetProperty("strategies").EnumerateArray()
            .SelectMany(s => c.Rows.Where(r => r.Strategy == s.GetProperty("strategy").GetString()))]);
    }

    // The mean over trades: each trade counts the importance of the condition for its strategy.
    private static void Ranking(ResultsCheck check, List<ConditionFigure> rows)
    {
        var ranked = rows.Select(r => r.Condition).Distinct().Select(condition =>
        {
            double[] trades = [.. rows.Where(r => r.Condition == condition && !double.IsNaN(r.Importance))
                .SelectMany(r => Enumerable.Repeat(r.Importance, r.All.Count))];
            return (Condition: condition, Importance: trades.DefaultIfEmpty(double.NaN).Average(), Trades: trades.Length);
        }).OrderBy(r => double.IsNaN(r.Importance) ? 1 : 0).ThenByDescending(r => r.Importance).ToList();
        foreach (var (i, rank) in ranked.Index())
        {
            check.Number($"conditions.ranking[{i}].importance", rank.Importance);
            check.Number($"conditions.ranking[{i}].trades", rank.Trades);
        }
    }

    public static void Page(PageCheck check, RunFigures run)
    {
        if (!run.Files.Results.TryGetProperty("conditions", out var section)) return;
        var tests = run.Conditions.Tests;
        check.List(tests.Count > MostTests ? $"The {MostTests} conditions with the smallest p-values" : "Conditions by p-value",
            JsonRecord.List(section, "tests"));
        foreach (var strategy in section.GetProperty("strategies").EnumerateArray())
            check.List($"Closed trades by condition: {strategy.GetProperty("strategy").GetString()}", JsonRecord.List(strategy, "rows"));
        Sentences(check.Sentences, run.Conditions, tests);
        foreach (var strategy in run.Conditions.Rows.Select(r => r.Strategy).Distinct())
            check.Sentences.Listed(System.Text.RegularExpressions.Regex.Escape(strategy), "the heading of a table");
    }

    private static void Sentences(SentenceCheck says, ConditionFigures conditions, List<ConditionFigure> tests)
    {
        says.Listed("Closed trades of strategies in their own accounts.*", "definitions");
        var (chosen, held) = (tests.Count(t => t.Outcome != "not chosen"), tests.Count(t => t.Outcome == "held"));
        var time = Cell.Time(conditions.Split).Text;
        var tried = $"{{}} condition{(tests.Count == 1 ? " was" : "s were")} tried on trades that were closed by {time}. ";
        const string Rest = " earned there at a level of 5 % that is corrected for their number (Holm).";
        var later = $" of {(chosen == 1 ? "it" : "them")} earned again on trades that were entered later, corrected for the number chosen "
            + "(Bonferroni).";
        if (chosen == 0) says.Says(tried + "None" + Rest, tests.Count);
        else if (held == 0) says.Says(tried + "{}" + Rest + " None" + later, tests.Count, chosen);
        else says.Says(tried + "{}" + Rest + " {}" + later, tests.Count, chosen, held);
    }

    // A text with digits is a figure; others are compared here.
    private static void Names(ResultsCheck check, JsonElement row, string path, ConditionFigure? test,
        params (string Key, string Text)[] names)
    {
        if (test is not null) check.Text(path + "strategy", test.Strategy);
        foreach (var (key, text) in names)
            if (text.Any(char.IsDigit)) check.Text(path + key, text);
            else row.GetProperty(key).GetString().ShouldBe(text);
    }
}
