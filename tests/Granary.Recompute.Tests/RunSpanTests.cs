using System.Text.Json;
using Granary.Recompute.Tests.Figures;
using Granary.Recompute.Tests.Markets;
using Granary.Recompute.Tests.Running;

namespace Granary.Recompute.Tests;

/// <summary>
/// What the server computes of a part of a run, and what the run's files do not have: figures of a span, buying and holding, the equity
/// of a strategy. Each follows from the run's files and the bars.
/// </summary>
public sealed class RunSpanTests(QuickstartRun run, RunSpanTests.Served served) : IClassFixture<RunSpanTests.Served>
{
    /// <summary>One server that has the run as <c>quick</c>.</summary>
    public sealed class Served(QuickstartRun run) : IAsyncLifetime
    {
        private readonly TemporaryFolder _folder = new();

        internal GranaryServer Server { get; private set; } = null!;

        public async ValueTask InitializeAsync()
        {
            Directory.CreateDirectory(_folder.File("runs/quick"));
            foreach (var file in Directory.GetFiles(run.Files.Folder))
                File.Copy(file, Path.Combine(_folder.File("runs/quick"), Path.GetFileName(file)));
            Server = await GranaryServer.StartAsync(_folder);
        }

        public ValueTask DisposeAsync()
        {
            Server.Dispose();
            _folder.Dispose();
            return ValueTask.CompletedTask;
        }
    }

    private GranaryServer Server => served.Server;

    private static readonly (DateTime From, DateTime To)[] s_spans =
    [
        (new(2022, 3, 15, 10, 0, 0), new(2022, 7, 2)), (new(2022, 6, 5), new(2022, 6, 6)), (new(2022, 11, 30, 23, 0, 0), new(2024, 1, 1)),
        (new(2021, 1, 1), new(2022, 2, 1)),
    ];

    [Fact]
    public async Task Figures_of_a_span_follow_from_its_rows_and_the_trades_closed_in_it()
    {
        var rows = run.Files.Equity();
        var perYear = run.Files.PortfolioStats.GetProperty("periodsPerYear").GetDouble();
        foreach (var (from, to) in s_spans)
        {
            var answer = await Server.GetAsync($"runs/quick/figures?{Span(from, to)}");
            List<EquityRow> inside = [.. rows.Where(r => r.Time >= from && r.Time < to)];
            var start = rows.LastOrDefault(r => r.Time < from)?.Equity ?? QuickstartRun.Cash;
            var stats = answer.GetProperty("stats");
            answer.GetProperty("rows").GetInt32().ShouldBe(inside.Count);
            answer.GetProperty("first").GetDateTime().ShouldBe(inside[0].Time);
            answer.GetProperty("last").GetDateTime().ShouldBe(inside[^1].Time);
            var name = $"{from:u} to {to:u}";
            Agreement.Demand(stats, new CurveFigures([.. inside.Select(r => r.Time)], [.. inside.Select(r => r.Equity)], start, perYear),
                new TradeFigures(run.Files.PortfolioTrades().Where(t => t.ExitTime >= from && t.ExitTime < to)), name);
            Agreement.Demand(stats, "exposure", (double)inside.Count(r => r.IsInvested) / inside.Count, name);
            Agreement.Demand(stats, "grossExposureAverage", inside.Average(r => r.Exposure / r.Equity), name);
            Agreement.Demand(stats, "commission", run.Files.PortfolioFills().Where(f => f.Time >= from && f.Time < to)
                .Sum(f => f.Commission), name);
        }
    }

    [Fact]
    public async Task Figures_without_a_span_are_those_of_results_json()
    {
        var stats = (await Server.GetAsync("runs/quick/figures")).GetProperty("stats");
        foreach (var figure in stats.EnumerateObject())
            Agreement.Demand(run.Files.PortfolioStats, figure.Name, figure.Value.ValueKind == JsonValueKind.Null ? double.NaN
                : figure.Value.GetDouble(), "the whole run");
        string[] shown = ["totalReturn", "sharpe", "maxDrawdown", "trades", "winRate", "profitFactor", "expectancy", "grossExposureAverage",
            "exposure", "commission"];
        stats.EnumerateObject().Select(f => f.Name).ShouldBeSubsetOf(run.Files.PortfolioStats.EnumerateObject().Select(f => f.Name));
        shown.ShouldBeSubsetOf(stats.EnumerateObject().Select(f => f.Name));
    }

    [Fact]
    public async Task The_curve_of_a_window_has_rows_of_the_run_with_its_ends_its_smallest_and_its_largest()
    {
        foreach (var (from, to) in s_spans)
            foreach (var (name, of) in ((string, Func<EquityRow, double>)[])[("equity", r => r.Equity), ("drawdown", r => r.Drawdown)])
            {
                var curve = await Server.GetAsync($"runs/quick/series/{name}?points=60&{Span(from, to)}");
                var rows = run.Files.Equity().Where(r => r.Time >= from && r.Time < to).ToDictionary(r => r.Time, of);
                List<DateTime> times = [.. curve.GetProperty("times").EnumerateArray().Select(t => t.GetDateTime())];
                List<double> values = [.. curve.GetProperty("values").EnumerateArray().Select(v => v.GetDouble())];
                times.Count.ShouldBeLessThanOrEqualTo(60);
                values.ShouldBe(times.Select(t => rows[t]));
                (times[0], times[^1]).ShouldBe((rows.Keys.Min(), rows.Keys.Max()));
                (values.Min(), values.Max()).ShouldBe((rows.Values.Min(), rows.Values.Max()));
            }
    }

    [Fact]
    public async Task Buying_and_holding_follows_from_the_closes_of_the_markets()
    {
        var curve = await Server.GetAsync("runs/quick/series/buy-and-hold?points=20000");
        var expected = Hold(run.Files.Equity().ConvertAll(r => (r.Time, r.Equity)), run.Markets.Bars.Values, TimeSpan.FromHours(1));
        Demand(curve, expected);
    }

    [Fact]
    public async Task The_equity_of_a_strategy_follows_from_its_trades_and_the_bars()
    {
        foreach (var wanted in new[] { "SmaCross(", "DonchianBreakout(", "RsiReversion(" })
        {
            var strategy = run.Files.Strategies.Last(s => s.GetProperty("id").GetString()!.StartsWith(wanted, StringComparison.Ordinal));
            var (id, symbol, timeframe) = (strategy.GetProperty("id").GetString()!, strategy.GetProperty("symbol").GetString()!,
                strategy.GetProperty("timeframe").GetString()!);
            var (bars, own) = (run.Markets.Of(symbol, timeframe), run.Files.TradesOf(id).ToList());
            var rows = new RebuiltAccount(QuickstartRun.Cash, QuickstartRun.Commission, run.Markets.Multipliers)
                .Rows(own, new Dictionary<string, List<MarketBar>> { [symbol] = bars });
            var query = $"strategy={Uri.EscapeDataString(id)}";
            Demand(await Server.GetAsync($"runs/quick/series/equity?points=20000&{query}"), rows.ConvertAll(r => (r.Time, r.Equity)));
            Demand(await Server.GetAsync($"runs/quick/series/drawdown?points=20000&{query}"), rows.ConvertAll(r => (r.Time, r.Drawdown)));
            Demand(await Server.GetAsync($"runs/quick/series/buy-and-hold?points=20000&{query}"),
                Hold(rows.ConvertAll(r => (r.Time, r.Equity)), [run.Markets.Bars[symbol]], timeframe == "4h" ? TimeSpan.FromHours(4)
                    : TimeSpan.FromHours(1)));

            var (from, to) = s_spans[0];
            var stats = (await Server.GetAsync($"runs/quick/figures?{query}&{Span(from, to)}")).GetProperty("stats");
            List<EquityRow> inside = [.. rows.Where(r => r.Time >= from && r.Time < to)];
            var figures = new CurveFigures([.. inside.Select(r => r.Time)], [.. inside.Select(r => r.Equity)],
                rows.Last(r => r.Time < from).Equity, strategy.GetProperty("stats").GetProperty("periodsPerYear").GetDouble());
            Agreement.Demand(stats, "totalReturn", figures.TotalReturn, id);
            Agreement.Demand(stats, "sharpe", figures.Sharpe, id);
            Agreement.Demand(stats, "maxDrawdown", figures.MaxDrawdown, id);
            var trades = new TradeFigures(own.Where(t => t.ExitTime >= from && t.ExitTime < to));
            Agreement.Demand(stats, "trades", trades.Trades, id);
            Agreement.Demand(stats, "winRate", trades.WinRate, id);
            Agreement.Demand(stats, "expectancy", trades.Expectancy, id);
            Agreement.Demand(stats, "profitFactor", trades.ProfitFactor, id);
        }
    }

    [Fact]
    public async Task Conditions_are_sorted_by_importance_and_equal_ones_keep_the_order_of_the_run()
    {
        var page = await Server.GetAsync("runs/quick/conditions?sort=-importance&limit=1000");
        // QuickstartTests compares the column with recomputed values.
        var table = CsvTable.Read(Path.Combine(run.Files.Folder, "conditions.csv"));
        double Of(string[] row) => table.Number(row, "importance") is var value && double.IsNaN(value) ? double.NegativeInfinity : value;
        page.GetProperty("total").GetInt32().ShouldBe(table.Rows.Count);
        page.GetProperty("items").EnumerateArray().Select(c => (c.GetProperty("strategy").GetString(),
            c.GetProperty("condition").GetString(), c.GetProperty("trades").GetInt32()))
            .ShouldBe(table.Rows.OrderByDescending(Of).Take(1000).Select(r => ((string?)table.Text(r, "strategy"),
                (string?)table.Text(r, "condition"), (int)table.Number(r, "trades"))));
    }

    private static string Span(DateTime from, DateTime to) => $"from={from:yyyy-MM-ddTHH:mm:ss}Z&to={to:yyyy-MM-ddTHH:mm:ss}Z";

    // One unit of money in each market from its first close, bought with the equity of the first row that a bar of a market reaches.
    private static List<(DateTime, double)> Hold(List<(DateTime Time, double Equity)> rows, IEnumerable<List<MarketBar>> markets,
        TimeSpan row)
    {
        var worth = new double[rows.Count];
        var values = new List<(DateTime, double)>();
        foreach (var bars in markets)
        {
            for (int i = 0, known = 0; i < worth.Length; i++)
            {
                while (known < bars.Count && bars[known].Time.AddHours(1) <= rows[i].Time + row) known++;
                worth[i] += known == 0 ? 1 : bars[known - 1].Close / bars[0].Close;
            }
        }
        for (var i = 0; i < rows.Count; i++) values.Add((rows[i].Time, worth[i] / worth[0] * rows[0].Equity));
        return values;
    }

    private static void Demand(JsonElement curve, List<(DateTime Time, double Value)> expected)
    {
        curve.GetProperty("times").EnumerateArray().Select(t => t.GetDateTime()).ShouldBe(expected.Select(e => e.Time));
        foreach (var (value, e) in curve.GetProperty("values").EnumerateArray().Zip(expected))
            Math.Abs(value.GetDouble() - e.Value).ShouldBeLessThanOrEqualTo(1e-9 * Math.Max(1, Math.Abs(e.Value)),
                $"{curve.GetProperty("name")} at {e.Time:u}: {value}, recomputed {e.Value}");
    }
}
