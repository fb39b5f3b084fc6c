using System.Text.Json;
using System.Text.RegularExpressions;
using Granary.Recompute.Tests.Figures;
using Granary.Recompute.Tests.Running;

namespace Granary.Recompute.Tests.Pages;

/// <summary>What could have happened: the section of results.json, resampling.csv, and the tables and charts of the page.</summary>
internal static class ResamplingTables
{
    private static readonly double[] s_quantiles = [0.05, 0.25, 0.5, 0.75, 0.95];

    private static readonly double[] s_risks =
        [0.005, 0.01, 0.02, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95];

    /// <summary>Demands that every number of the section follows from equity.csv and portfolio_trades.csv.</summary>
    public static void Results(ResultsCheck check, RunFigures run)
    {
        if (!run.Files.Results.TryGetProperty("resampling", out var section)) return;
        var closes = Closes(run.Files.Equity(), run.Cash);
        var trades = Realised(run.Files.PortfolioTrades(), closes[0].Time, run.Cash);
        Section(check, "resampling.", section, closes, trades, returns => (int)Math.Min(1000, Math.Max(200, 2_500_000 / returns)));
        File(run.Files.Folder, section);
    }

    /// <param name="path">Before each path of the section.</param>
    /// <param name="closes">The account's start, and its equity at the end of each period.</param>
    /// <param name="trades">The start, and the realised equity after each trade.</param>
    /// <param name="pathsOf">The number of paths of a record with so many returns.</param>
    public static void Section(ResultsCheck check, string path, JsonElement section, List<(DateTime Time, double Equity)> closes,
        List<(DateTime Time, double Equity)> trades, Func<int, int> pathsOf)
    {
        check.Listed(Regex.Escape(path) + "(seed|goal|ruin|skip)", "settings of the batch");
        foreach (var (i, q) in s_quantiles.Index()) check.Number($"{path}quantiles[{i}]", q);
        foreach (var (i, method) in section.GetProperty("methods").EnumerateArray().Index())
        {
            var record = method.GetProperty("method").GetString() == "periods" ? closes : trades;
            Method(check, $"{path}methods[{i}].", section, method, record, pathsOf(record.Count - 1));
        }
    }

    /// <summary>The page shows what the section says.</summary>
    public static void Page(PageCheck check, JsonElement results)
    {
        if (!results.TryGetProperty("resampling", out var section)) return;
        List<JsonElement> methods = [.. section.GetProperty("methods").EnumerateArray()];
        List<JsonElement> drawn = [.. methods.Where(m => m.TryGetProperty("fan", out _))];
        check.Sentences.Says("Other paths of this account, drawn from its record with seed {}. Half of the paths are in the inner range of "
            + "a chart, nine of ten in the outer one. The paths know only what the record has: no other market, no change of what made the "
            + "profit. If the strategies were chosen on this record, the luck of the choice is in each path.", Value(section, "seed"));
        check.Table("Methods", [.. methods.Select(m => new Cells
        {
            ["Method"] = Text(m, "title"),
            ["Answers"] = m.TryGetProperty("absence", out var absence) ? absence.GetString()!
                : string.Join(' ', m.GetProperty("cautions").EnumerateArray().Select(c => c.GetString()!).Prepend(Text(m, "meaning"))),
            ["Returns"] = m.TryGetProperty("absence", out _) ? "–" : $"{Value(m, "returns"):#,0} {Text(m, "unit")}s",
            ["Paths"] = m.TryGetProperty("absence", out _) ? "–" : $"{Value(m, "paths"):#,0}",
            ["Block"] = m.TryGetProperty("meanBlock", out var block) ? block.GetDouble() : "–",
        })]);
        foreach (var m in drawn)
        {
            check.Chart(Text(m, "title"), Lines(m.GetProperty("fan")));
            var final = m.GetProperty("figures")[0];
            check.Sentences.Says("Equity of the record, and the quantiles of {} paths. The record ends at {}; nine of ten paths end "
                + "between {} and {}.", Value(m, "paths"), Value(final, "own"), final.GetProperty("quantiles")[0].GetDouble(),
                final.GetProperty("quantiles")[4].GetDouble());
        }
        if (drawn.Count == 0) return;
        check.Table("Quantiles over the paths", [.. Enumerable.Range(0, 3).SelectMany(k => drawn.Select(m =>
            (Method: Text(m, "title"), Figure: m.GetProperty("figures")[k]))).Select(f => Cells(f.Method, f.Figure))]);
        check.Table("Probabilities", [.. drawn.SelectMany(m => m.GetProperty("events").EnumerateArray())
            .Select(e => (Event: Text(e, "event"), Months: Months(e))).Distinct().OrderBy(e => e.Months)
            .Select(e => Chances(section, drawn, e.Event, e.Months))]);
        check.Drawn("Position size by its risk of ruin");
        check.Table("Position size at a risk of ruin", [.. new[] { 0.01, 0.05, 0.1, 0.5 }.Select(r => Sizes(drawn, r))]);
        check.Sentences.Says("Ruin is here a loss of {} of the start. All returns of a path are multiplied by the size; margin, interest "
            + "and the size of orders are not considered, so sizes end at 10 times. A method "
            + "that only shuffles or leaves out trades says nothing of other sizes.", Value(section, "ruin"));
    }

    private static void Method(ResultsCheck check, string path, JsonElement section, JsonElement method,
        List<(DateTime Time, double Equity)> record, int paths)
    {
        var name = method.GetProperty("method").GetString()!;
        check.Listed(Regex.Escape(path) + "(meaning|title)", "words; the share of missed entries is a setting");
        check.Number(path + "returns", record.Count - 1);
        if (method.TryGetProperty("absence", out _))
        {
            check.Listed(Regex.Escape(path) + "absence", "says the number of returns, and the least");
            check.Claim(path + "absence", record.Count - 1 < 20 || record.Exists(r => r.Equity <= 0)
                || record.TrueForAll(r => Math.Abs(r.Equity / record[0].Equity - 1) < 1e-9));
            check.Number(path + "paths", 0);
            return;
        }
        var drawn = new ResampledPaths(record, name, paths, (ulong)Value(section, "seed"), 1 - Value(section, "ruin"),
            Value(section, "skip"));
        check.Number(path + "paths", paths);
        if (method.TryGetProperty("meanBlock", out _)) check.Number(path + "meanBlock", drawn.Block);
        Cautions(check, path, drawn);
        foreach (var (i, place) in drawn.Places.Index())
        {
            check.Text($"{path}fan.times[{i}]", $"{drawn.TimeAt(place):yyyy-MM-ddTHH:mm:ss}Z");
            check.Number($"{path}fan.equity[{i}]", drawn.OwnAt(place));
            foreach (var (q, share) in s_quantiles.Index()) check.Number($"{path}fan.quantiles[{q}][{i}]", drawn.EquityAt(place, share));
        }
        foreach (var (k, figure) in new[] { "finalEquity", "maxDrawdown", "underwaterDays" }.Index())
        {
            var (own, quantile) = drawn.Figure(figure);
            check.Number($"{path}figures[{k}].own", own);
            foreach (var (q, share) in s_quantiles.Index()) check.Number($"{path}figures[{k}].quantiles[{q}]", quantile(share));
        }
        check.Number(path + "events[0].probability", drawn.Ruin);
        check.Number(path + "events[1].probability", drawn.Goal(Value(section, "goal")));
        foreach (var (i, months) in (name is "periods" or "trades" ? drawn.Horizons : []).Index())
        {
            check.Number($"{path}events[{i + 2}].months", months);
            check.Number($"{path}events[{i + 2}].probability", drawn.Loss(months));
        }
        foreach (var (i, risk) in s_risks.Index())
        {
            check.Number($"{path}sizes[{i}].risk", risk);
            // Sizes are tried in steps of 0.3 %.
            check.Number($"{path}sizes[{i}].size", drawn.Size(risk), 0.003);
        }
    }

    // Each number of a caution is that of the record, to its digits, or a bound that the page explains.
    private static void Cautions(ResultsCheck check, string path, ResampledPaths drawn)
    {
        double[] known = [drawn.Returns, drawn.Block, drawn.Storm, drawn.Kurtosis, 8, 9, 10, 3];
        foreach (var sentence in check.Sentences(Regex.Escape(path) + @"cautions\[\d+\]"))
            foreach (Match number in Regex.Matches(sentence, @"\d[\d,]*(\.\d+)?"))
                check.Claim($"{path}: {number} in '{sentence}'", sentence.Contains("open at once", StringComparison.Ordinal)
                    || known.Any(k => ShownNumber.Parse(number.Value).Agrees(k)));
    }

    // The rows of the file are the numbers of the section.
    private static void File(string folder, JsonElement section)
    {
        var table = CsvTable.Read(Path.Combine(folder, "resampling.csv"));
        table.Columns.ShouldBe(["method", "figure", "at", "value", "p05", "p25", "p50", "p75", "p95"]);
        List<double> shown = [.. table.Rows.SelectMany(r => table.Columns.Skip(3).Select(c => table.Number(r, c)))
            .Where(double.IsFinite)];
        List<double> expected = [];
        foreach (var m in section.GetProperty("methods").EnumerateArray().Where(m => m.TryGetProperty("fan", out _)))
        {
            var fan = m.GetProperty("fan");
            for (var i = 0; i < fan.GetProperty("times").GetArrayLength(); i++)
                expected.AddRange([fan.GetProperty("equity")[i].GetDouble(),
                    .. fan.GetProperty("quantiles").EnumerateArray().Select(q => q[i].GetDouble())]);
            foreach (var f in m.GetProperty("figures").EnumerateArray())
                expected.AddRange([Value(f, "own"), .. f.GetProperty("quantiles").EnumerateArray().Select(q => q.GetDouble())]);
            expected.AddRange(m.GetProperty("events").EnumerateArray().Select(e => Value(e, "probability")));
            expected.AddRange(m.GetProperty("sizes").EnumerateArray().Select(s => Value(s, "size")).Where(double.IsFinite));
        }
        shown.ShouldBe(expected);
    }

    private static Dictionary<string, IReadOnlyDictionary<DateTime, double>> Lines(JsonElement fan)
    {
        List<DateTime> times = [.. fan.GetProperty("times").EnumerateArray().Select(t => t.GetDateTime().ToUniversalTime())];
        IReadOnlyDictionary<DateTime, double> Line(JsonElement values)
        {
            var line = new Dictionary<DateTime, double>();
            // Of several points at one time the last one counts; the page draws all of them.
            foreach (var (time, value) in times.Zip(values.EnumerateArray())) line[time] = value.GetDouble();
            return line;
        }
        var lines = s_quantiles.Index().ToDictionary(q => q.Item == 0.5 ? "Median" : $"{100 * q.Item:0.##} %",
            q => Line(fan.GetProperty("quantiles")[q.Index]));
        lines["Record"] = Line(fan.GetProperty("equity"));
        return lines;
    }

    private static Cells Cells(string method, JsonElement figure)
    {
        var cells = new Cells
        {
            ["Figure"] = Text(figure, "figure") switch
            {
                "finalEquity" => "Final equity",
                "maxDrawdown" => "Largest drawdown",
                _ => "Longest under water, days",
            },
            ["Method"] = method,
            ["Record"] = Value(figure, "own"),
        };
        foreach (var (i, q) in s_quantiles.Index())
            cells[q == 0.5 ? "Median" : $"{100 * q:0.##} %"] = figure.GetProperty("quantiles")[i].GetDouble();
        return cells;
    }

    private static Cells Chances(JsonElement section, List<JsonElement> methods, string name, int months)
    {
        var cells = new Cells
        {
            ["Event"] = name switch
            {
                "ruin" => $"Ruin: equity down to {100 * (1 - Value(section, "ruin")):0.0}% of the start at any time",
                "goal" => $"Goal: a profit of {100 * Value(section, "goal"):0.0}% at any time",
                _ => $"Loss after {months} month{(months == 1 ? "" : "s")}",
            },
        };
        foreach (var m in methods)
            cells[Text(m, "title")] = m.GetProperty("events").EnumerateArray().Where(e => Text(e, "event") == name && Months(e) == months)
                .Select(e => (Cell)Value(e, "probability")).FirstOrDefault("–");
        return cells;
    }

    private static Cells Sizes(List<JsonElement> methods, double risk)
    {
        var cells = new Cells { ["Risk"] = risk };
        foreach (var m in methods)
        {
            var size = Value(m.GetProperty("sizes")[Array.IndexOf(s_risks, risk)], "size");
            // Only methods that draw blocks say something of other sizes, and none beyond ten times.
            cells[Text(m, "title")] = !m.TryGetProperty("meanBlock", out var block) || block.ValueKind == JsonValueKind.Null ? "–"
                : double.IsNaN(size) || size > 10 ? "more than 10 times"
                : $"{double.Parse(size.ToString("G3")):#,0.######} times the actual one";
        }
        return cells;
    }

    // The ends of days, of hours in a record of less than 60 days; the start before them.
    private static List<(DateTime Time, double Equity)> Closes(List<EquityRow> rows, double cash)
    {
        List<EquityRow> Ends(Func<DateTime, long> period) =>
            [.. rows.Where((r, i) => i < rows.Count - 1 && period(rows[i + 1].Time) != period(r.Time))];
        var (days, hours) = (Ends(t => t.Date.Ticks), Ends(t => t.Ticks / TimeSpan.TicksPerHour));
        var ends = days.Count >= 60 || hours.Count > 60 * 24 ? days : hours;
        List<(DateTime Time, double Equity)> closes =
            [.. ends.Prepend(rows[0]).Append(rows[^1]).DistinctBy(r => r.Time).Select(r => (r.Time, r.Equity))];
        if (closes[0].Time.Date == closes[1].Time.Date) closes[0] = (closes[0].Time, cash);
        else closes.Insert(0, (closes[0].Time, cash));
        return closes;
    }

    private static List<(DateTime Time, double Equity)> Realised(List<TradeRow> trades, DateTime start, double cash)
    {
        List<(DateTime Time, double Equity)> record = [(start, cash)];
        foreach (var t in trades.Where(t => !t.IsOpen))
            record.Add((t.ExitTime > record[^1].Time ? t.ExitTime : record[^1].Time, record[^1].Equity + t.NetProfit));
        return record;
    }

    private static int Months(JsonElement e) => e.TryGetProperty("months", out var months) ? months.GetInt32() : 0;

    private static string Text(JsonElement of, string name) => of.GetProperty(name).GetString()!;

    private static double Value(JsonElement of, string name) =>
        of.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number ? value.GetDouble() : double.NaN;
}
