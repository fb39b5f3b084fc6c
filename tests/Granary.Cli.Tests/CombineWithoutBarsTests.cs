using System.Globalization;
using System.Text.Json;
using Granary.Testing;

namespace Granary.Cli.Tests;

/// <summary>Trades and curves of other programs in <c>granary combine</c>, whose symbols no source has bars of.</summary>
public sealed class CombineWithoutBarsTests
{
    private static readonly DateTime Start = new(2020, 1, 6, 0, 0, 0, DateTimeKind.Utc);

    private sealed record Trade(string Symbol, DateTime Entry, DateTime Exit, double In, double Out, double Quantity, int Sign)
    {
        public double Profit => Sign * (Out - In) * Quantity;

        public string Line => string.Create(CultureInfo.InvariantCulture,
            $"\"{Symbol.Replace("\"", "\"\"")}\",{(Sign > 0 ? "long" : "short")},{Entry:yyyy-MM-dd HH:mm},{Exit:yyyy-MM-dd HH:mm},{In:R},"
                + $"{Out:R},{Quantity:R},{Profit:R},{Profit:R},0,1\n");
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public async Task Ratios_of_trades_without_bars_count_the_days_between_the_trades(bool aroundTheClock, bool isIntraday)
    {
        using var folder = new TestFolder();
        var trades = Random("ACME", seed: 5, count: 60, aroundTheClock, isIntraday);
        folder.Write("t.csv", FileOf(trades));
        await Run("combine", folder.At("t.csv"), "--weights", "equal", "--out", folder.At("run"), "--quiet", "--no-guards");

        var equity = Equity(trades, aroundTheClock);
        var returns = equity.Select((e, i) => e.Equity / (i == 0 ? 100_000 : equity[i - 1].Equity) - 1).ToList();
        var mean = returns.Average();
        var deviation = Math.Sqrt(returns.Sum(r => (r - mean) * (r - mean)) / (returns.Count - 1));
        var days = equity.Select(e => e.Time.Date).Distinct().Count();
        var perYear = (double)equity.Count / days * (aroundTheClock ? 365 : 252);
        var stats = Portfolio(folder, "run");
        Near(stats.GetProperty("finalEquity").GetDouble(), equity[^1].Equity);
        Near(stats.GetProperty("volatility").GetDouble(), deviation * Math.Sqrt(perYear));
        Near(stats.GetProperty("sharpe").GetDouble(), mean / deviation * Math.Sqrt(perYear));
        // The prices of recorded trades may have any spacing, so that no note calls the yearly figures wrong.
        File.ReadAllText(folder.At("run/results.json")).ShouldNotContain("yearly figure");
    }

    [Theory]
    [InlineData(7, 52)]
    [InlineData(30, 12)]
    [InlineData(91, 4)]
    public async Task Ratios_of_a_curve_count_its_own_periods(int step, double perYear)
    {
        using var folder = new TestFolder();
        var random = new Random(step);
        var values = new List<double> { 1_000 };
        while (values.Count < 60) values.Add(values[^1] * (1.01 + 0.08 * (random.NextDouble() - 0.5)));
        File.WriteAllText(folder.At("fund.csv"), "date,equity\n" + string.Concat(values.Select((v, i) =>
            string.Create(CultureInfo.InvariantCulture, $"{Start.AddDays(step * i):yyyy-MM-dd},{v:R}\n"))));
        await Run("combine", folder.At("fund.csv"), "--weights", "equal", "--out", folder.At("run"), "--quiet", "--no-guards");

        // The account's first row is the curve's first value, which is no return yet.
        var returns = values.Select((v, i) => i == 0 ? 0 : v / values[i - 1] - 1).ToList();
        var mean = returns.Average();
        var deviation = Math.Sqrt(returns.Sum(r => (r - mean) * (r - mean)) / (returns.Count - 1));
        Near(Portfolio(folder, "run").GetProperty("sharpe").GetDouble(), mean / deviation * Math.Sqrt(perYear));
    }

    [Fact]
    public async Task Symbols_of_any_letters_keep_their_trades_and_their_files_apart()
    {
        using var folder = new TestFolder();
        // Fields of a file are trimmed.
        var symbols = OddSymbols.Of(seed: 3, count: 60).Where(s => s == s.Trim()).ToList();
        var trades = symbols.SelectMany((s, i) => Random(s, seed: 100 + i, count: 2, aroundTheClock: false, isIntraday: false)).ToList();
        folder.Write("all/t.csv", FileOf(trades));
        await Run("combine", folder.At("all/t.csv"), "--weights", "equal", "--out", folder.At("all/run"), "--quiet", "--no-guards");

        var profits = trades.GroupBy(t => t.Symbol).ToDictionary(g => g.Key, g => g.Sum(t => t.Profit));
        var strategies = JsonDocument.Parse(File.ReadAllBytes(folder.At("all/run/results.json"))).RootElement.GetProperty("strategies")
            .EnumerateArray().ToDictionary(s => s.GetProperty("symbol").GetString()!,
                s => s.GetProperty("stats").GetProperty("finalEquity").GetDouble());
        strategies.Keys.Order(StringComparer.Ordinal).ShouldBe(symbols.Order(StringComparer.Ordinal));
        foreach (var (symbol, equity) in strategies) Near(equity, 100_000 + profits[symbol]);
        Near(Portfolio(folder, "all/run").GetProperty("finalEquity").GetDouble(), 100_000 + profits.Values.Average());
        // Everything is in the run's folder, one file for each member and one for each market.
        Directory.GetFiles(folder.At("all/run/members")).Length.ShouldBe(symbols.Count);
        Directory.GetFiles(folder.At("all/run/members/1d")).Length.ShouldBe(symbols.Count);
        Directory.GetFileSystemEntries(folder.At("all")).Select(Path.GetFileName).Order().ShouldBe(["run", "t.csv"]);
        // The batch that was written runs again.
        await Run("backtest", folder.At("all/run/batch.json"), "--out", folder.At("again"), "--quiet", "--no-guards");
        Portfolio(folder, "again").ToString().ShouldBe(Portfolio(folder, "all/run").ToString());
    }

    private static string FileOf(IEnumerable<Trade> trades) =>
        "data,side,entry,exit,entry_price,exit_price,size,pnl,pnlcomm,commission,barlen\n" + string.Concat(trades.Select(t => t.Line));

    private static List<Trade> Random(string symbol, int seed, int count, bool aroundTheClock, bool isIntraday)
    {
        var random = new Random(seed);
        var trades = new List<Trade>();
        var at = Start;
        for (var i = 0; i < count; i++)
        {
            var entry = Next(random.Next(1, 9));
            trades.Add(new Trade(symbol, entry, Next(random.Next(1, 6)), 50 + 20 * random.NextDouble(), 50 + 20 * random.NextDouble(), 10,
                i % 3 == 0 ? -1 : 1));
        }
        return trades;

        DateTime Next(int days)
        {
            at = at.Date.AddDays(days);
            while (!aroundTheClock && at.DayOfWeek is DayOfWeek.Saturday or DayOfWeek.Sunday) at = at.AddDays(1);
            if (isIntraday) at = at.AddHours(9).AddMinutes(5 * random.Next(60));
            return at;
        }
    }

    // At each trade's time, and at the beginning of each other day of the calendar. A position is worth the last price that its symbol has.
    private static List<(DateTime Time, double Equity)> Equity(List<Trade> trades, bool aroundTheClock)
    {
        var times = trades.SelectMany(t => new[] { t.Entry, t.Exit }).ToHashSet();
        var traded = times.Select(t => t.Date).ToHashSet();
        for (var day = traded.Min(); day < traded.Max(); day = day.AddDays(1))
            if (!traded.Contains(day) && (aroundTheClock || day.DayOfWeek is not (DayOfWeek.Saturday or DayOfWeek.Sunday)))
                times.Add(day);
        var rows = new List<(DateTime, double)>();
        foreach (var time in times.Order())
        {
            var closed = trades.Where(t => t.Exit <= time).Sum(t => t.Profit);
            // Trades do not overlap, so that a position is worth its entry until it is closed.
            rows.Add((time, 100_000 + closed));
        }
        return rows;
    }

    private static JsonElement Portfolio(TestFolder folder, string run) => JsonDocument.Parse(File.ReadAllBytes(folder.At(run
        + "/results.json"))).RootElement.GetProperty("portfolio").GetProperty("stats");

    private static async Task Run(params string[] call)
    {
        var run = await GranaryCall.RunAsync(call);
        run.ExitCode.ShouldBe(0, run.Error);
    }

    private static void Near(double actual, double expected) =>
        Math.Abs(actual - expected).ShouldBeLessThanOrEqualTo(1e-9 * Math.Max(1, Math.Abs(expected)), $"{actual:R} is not {expected:R}");
}
