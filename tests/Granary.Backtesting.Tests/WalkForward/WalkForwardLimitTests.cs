using System.Globalization;
using System.Text;
using Granary.Backtesting.Runs;
using Granary.Backtesting.WalkForward;
using Granary.Engine.Portfolio.Rules;
using Granary.Engine.Trading;
using Granary.Simulation.Batches;
using Granary.Simulation.Passes;
using Granary.Testing;

namespace Granary.Backtesting.Tests.WalkForward;

/// <summary>
/// The account of a walk-forward is a portfolio: the limits, sizes and models of the batch hold for it as they do in a backtest.
/// </summary>
public sealed class WalkForwardLimitTests : IDisposable
{
    private const double Cash = 100_000;

    private readonly string _folder = Directory.CreateTempSubdirectory("granary-limits-").FullName;
    private readonly Dictionary<string, SortedDictionary<long, double>> _closes = new(StringComparer.Ordinal);

    public WalkForwardLimitTests()
    {
        for (var s = 0; s < 3; s++)
        {
            var (random, price, closes) = (new Random(71 + s), 80.0, new SortedDictionary<long, double>());
            var text = new StringBuilder("Date,Open,High,Low,Close,Volume\n");
            for (var day = new DateTime(2012, 1, 2, 0, 0, 0, DateTimeKind.Utc); day < new DateTime(2017, 1, 1); day = day.AddDays(1))
            {
                if (day.DayOfWeek is DayOfWeek.Saturday or DayOfWeek.Sunday || random.Next(80) == 0) continue;
                var open = Math.Round(price * (1 + 0.01 * (random.NextDouble() - 0.5)), 2);
                var close = Math.Round(open * (1 + 0.0006 + 0.04 * (random.NextDouble() - 0.5)), 2);
                var (high, low) = (Math.Max(open, close) * 1.002, Math.Min(open, close) * 0.998);
                text.Append(CultureInfo.InvariantCulture, $"{day:yyyy-MM-dd},{open},{high:F4},{low:F4},{close},1000\n");
                closes[day.Ticks] = price = close;
            }
            File.WriteAllText(Path.Combine(_folder, $"S{s}.csv"), text.ToString());
            _closes[$"S{s}"] = closes;
        }
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private BatchSpec Batch(string portfolio, string fast = "[3, 5, 8]", string more = "", string data = "")
    {
        var text = $$"""
            { "name": "test", "data": { "source": "csv:{{_folder}}", "symbols": "*", "timeframe": "1d"{{data}} },
              "account": { "cash": 100000 }, "execution": { "commissionPercent": 0.1 },
              "strategies": [
                { "class": "SmaCross", "params": { "fast": {{fast}}, "slow": 21 }, "sides": "both", "size": { "percentOfEquity": 90 } },
                { "class": "SmaCross", "params": { "fast": {{fast}}, "slow": 34 }, "sides": "long", "size": { "cash": 60000 } } ],
              "portfolio": { {{portfolio}} }{{more}} }
            """;
        return new BatchReader(TestCatalogues.All).Read("test.json", Encoding.UTF8.GetBytes(text), _folder);
    }

    private const string Windows = ", \"walkForward\": { \"inSample\": \"1y\", \"outOfSample\": \"6mo\", \"warmUp\": 200 }";

    private async Task<WalkForwardOutcome> OutcomeAsync(BatchSpec spec, string name)
    {
        var options = new BatchOptions { Out = Path.Combine(_folder, name), Threads = 2, Validation = false };
        var runner = new WalkForwardRunner(new EmbeddedHost(2), TimeProvider.System);
        return (await runner.RunAsync(spec, options, null, TestContext.Current.CancellationToken)).Outcome;
    }

    [Theory]
    [InlineData("")]
    [InlineData("\"maxPositions\": 2")]
    [InlineData("\"maxSymbolPercent\": 20, \"maxGrossPercent\": 45, \"maxNetPercent\": 25, \"maxStrategyPercent\": 12")]
    [InlineData("\"maxSymbolPercent\": 20, \"maxGrossPercent\": 30, \"enforce\": \"every-bar\"")]
    [InlineData("\"riskPercent\": 1, \"maxDrawdownPercent\": 2, \"resumeAfterDays\": 40, \"dailyLossPercent\": 0.5")]
    public async Task A_walk_forward_without_a_choice_is_the_backtest_of_its_portfolio(string limits)
    {
        var portfolio = $"\"limits\": {{ {limits} }}";
        var rolled = await OutcomeAsync(Batch(portfolio, fast: "5", more: Windows), "rolled");
        string Day(long ticks) => new DateTime(ticks).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        var weights = string.Join(", ", rolled.Groups.Select(g => $"\"{g.Members.Single().Id}\": {1.0 / rolled.Groups.Count:R}"));
        var data = $", \"from\": \"{Day(rolled.Windows[0].At)}\", \"to\": \"{Day(rolled.Windows[^1].To)}\"";
        var spec = Batch($"\"weights\": {{ {weights} }}, {portfolio}", fast: "5", data: data);
        var batch = await new BatchRunner(new EmbeddedHost(2), TimeProvider.System).RunAsync(spec,
            new BatchOptions { Out = Path.Combine(_folder, "batch"), Validation = false }, null, TestContext.Current.CancellationToken);

        string[] Rows(string run) => File.ReadAllLines(Path.Combine(_folder, run, "equity.csv"));
        Rows("rolled").ShouldBe(Rows("batch"));
        rolled.Portfolio.Counts.ShouldBe(batch.Model.Decisions);
        rolled.Statistics.Trades.ShouldBe(batch.Model.Portfolio!.Trades);
        rolled.Statistics.Sharpe.ShouldBe(batch.Model.Portfolio.Sharpe);
        if (limits.Length > 0 && !limits.Contains("every-bar", StringComparison.Ordinal))
            rolled.Portfolio.Counts.Keys.ShouldContain(d => d != Decision.Accepted);
    }

    [Fact]
    public async Task Limits_hold_for_the_account_of_a_walk_forward()
    {
        const string Limits = "\"limits\": { \"maxSymbolPercent\": 14, \"maxGrossPercent\": 32, \"maxPositions\": 3 }";
        var free = await OutcomeAsync(Batch("", more: Windows), "free");
        var limited = await OutcomeAsync(Batch(Limits, more: Windows), "limited");
        Accepted(free).Max(e => e.Symbol).ShouldBeGreaterThan(0.2, "the limit would be idle");
        var shares = Accepted(limited);
        shares.Max(e => e.Symbol).ShouldBeInRange(0.1, 0.14 * (1 + 1e-9));
        shares.Max(e => e.Gross).ShouldBeInRange(0.2, 0.32 * (1 + 1e-9));
        shares.Max(e => e.Count).ShouldBe(3);
        limited.Portfolio.Counts.Keys.ShouldContain(Decision.Of("max-positions"));
        limited.Portfolio.Notes.ShouldContain(n => n.Sentence.Contains("too many positions", StringComparison.Ordinal));
        // The choices and the groups' own accounts are without limits.
        limited.Groups.Select(g => g.Statistics.FinalEquity).ShouldBe(free.Groups.Select(g => g.Statistics.FinalEquity));
        limited.Windows.ShouldBe(free.Windows);
    }

    [Fact]
    public async Task Limits_at_every_bar_hold_at_every_row_of_a_walk_forward()
    {
        const string Limits = "\"limits\": { \"maxGrossPercent\": 32, \"enforce\": \"every-bar\" }";
        var limited = await OutcomeAsync(Batch(Limits, more: Windows), "limited");
        limited.Rows.Max(r => r.Exposure / r.Equity).ShouldBeInRange(0.3, 0.32 * (1 + 1e-9));
    }

    // At the close before each entry: what its symbol and all symbols have, open and accepted, as shares of the equity, and how many
    // trades.
    private List<(double Symbol, double Gross, int Count)> Accepted(WalkForwardOutcome outcome)
    {
        var shares = new List<(double, double, int)>();
        var trades = outcome.Trades.Select(t => (Symbol: outcome.Groups[t.Member].Symbols[t.Trade.SymbolIndex], t.Trade)).ToList();
        for (var r = 1; r < outcome.Rows.Count; r++)
        {
            var (decided, time) = (outcome.Rows[r - 1], outcome.Rows[r].Time);
            // Where a symbol has no bar, an accepted entry waits, and looks like one that was accepted later.
            if (_closes.Values.Any(c => !c.ContainsKey(decided.Time) || !c.ContainsKey(time))) continue;
            bool Counts(in Trade trade) => trade.EntryTime <= time && (trade.Reason == ExitReason.Open || trade.ExitTime >= time);
            var counted = trades.FindAll(t => Counts(t.Trade));
            double Value(string? symbol) => counted.Where(t => symbol is null || t.Symbol == symbol)
                .Sum(t => t.Trade.Quantity * _closes[t.Symbol][decided.Time]);
            foreach (var entered in counted.Where(t => t.Trade.EntryTime == time))
                shares.Add((Value(entered.Symbol) / decided.Equity, Value(null) / decided.Equity, counted.Count));
        }
        return shares;
    }

    [Fact]
    public async Task What_the_models_refuse_is_not_traded_by_a_walk_forward()
    {
        string Learning(string below) => Windows + $$"""
            , "learning": { "trainer": "naive-bayes", "label": "direction", "features": ["return(1)", "rsi(14)"],
                "apply": { "rule": "veto", "below": {{below}} }, "registry": "{{Path.Combine(_folder, "models")}}" }
            """;
        var none = await OutcomeAsync(Batch("", more: Learning("0.999999")), "none");
        none.Models.ShouldAllBe(m => m.WindowFilters.Count > 0);
        none.Portfolio.Counts.Keys.ShouldBe([Decision.ModelRefused], ignoreOrder: true);
        none.Trades.ShouldBeEmpty();
        none.Rows.ShouldAllBe(r => r.Equity == Cash);
        none.Groups.ShouldAllBe(g => g.Statistics.FinalEquity == Cash && g.Trades.Count == 0);

        var some = await OutcomeAsync(Batch("", more: Learning("0.5")), "some");
        var refused = some.Portfolio.Counts[Decision.ModelRefused];
        refused.ShouldBeGreaterThan(0);
        some.Trades.Count.ShouldBe((int)some.Portfolio.Counts[Decision.Accepted]);
        // A group has the trades that its models let trade, as the whole account has.
        some.Groups.Sum(g => g.Trades.Count).ShouldBe(some.Trades.Count);
    }
}
