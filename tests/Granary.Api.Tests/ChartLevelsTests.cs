using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using Granary.Testing;

namespace Granary.Api.Tests;

/// <summary>The stops and targets of a strategy's chart, computed again from the bars and the trades of the run.</summary>
public sealed class ChartLevelsTests(RealServer real) : IClassFixture<RealServer>
{
    private const double Trail = 0.04, Target = 0.06;

    private static readonly string s_bars = Path.Combine(SharedData.RepositoryRoot, "tests", "Data", "synthetic", "bars");

    private static string Batch => $$"""
        {
          "name": "levels",
          "data": { "source": "csv:{{s_bars}}", "symbols": ["alpha-daily"], "timeframe": "1d" },
          "strategies": [
            { "class": "SmaCross", "params": { "fast": 3, "slow": 20 }, "sides": "long", "size": { "units": 10 },
              "trailingStopPercent": 4, "takeProfitPercent": 6 },
            { "class": "TurtleSystem", "size": { "units": 10 } },
            { "class": "BuyAndHold", "size": { "units": 10 } }
          ],
          "portfolio": { "weights": "equal" }
        }
        """;

    private sealed record Trade(int Entry, int Exit, double EntryPrice, double ExitPrice, string Reason);

    private sealed class Chart
    {
        public required List<DateTime> Times { get; init; }
        public required List<double> Opens { get; init; }
        public required List<double> Closes { get; init; }
        public required List<double?> Stops { get; init; }
        public required List<double?> Targets { get; init; }
        public required List<Trade> Trades { get; init; }
        public string? Missing { get; init; }
    }

    [Fact]
    public async Task A_trailing_stop_follows_the_best_close_and_the_target_stays_until_the_trade_ends()
    {
        var server = real.Server;
        var chart = await ChartAsync(server, await RunAsync(server), "SmaCross");
        chart.Missing.ShouldBeNull();
        var trades = chart.Trades.Where(t => t.Exit > t.Entry).ToList();
        trades.Count.ShouldBeGreaterThan(5);
        var moves = 0;
        foreach (var trade in trades)
        {
            var best = trade.EntryPrice;
            for (var i = trade.Entry; i < trade.Exit; i++)
            {
                if (chart.Closes[i] > best) moves++;
                best = Math.Max(best, chart.Closes[i]);
                chart.Stops[i]!.Value.ShouldBe(best * (1 - Trail), 1e-6);
                chart.Targets[i]!.Value.ShouldBe(trade.EntryPrice * (1 + Target), 1e-6);
            }
            chart.Stops[trade.Exit]!.Value.ShouldBe(best * (1 - Trail), 1e-6);
        }
        moves.ShouldBeGreaterThan(trades.Count);
        var held = trades.SelectMany(t => Enumerable.Range(t.Entry, t.Exit - t.Entry + 1)).ToHashSet();
        foreach (var single in chart.Trades.Where(t => t.Exit == t.Entry)) held.Add(single.Entry);
        for (var i = 0; i < chart.Times.Count; i++)
            if (!held.Contains(i)) chart.Stops[i].ShouldBeNull();
    }

    [Fact]
    public async Task A_stop_that_a_strategy_moves_is_where_its_trades_are_stopped()
    {
        var server = real.Server;
        var run = await RunAsync(server);
        var chart = await ChartAsync(server, run, "TurtleSystem");
        chart.Missing.ShouldBeNull();
        var stopped = chart.Trades.Where(t => t is { Reason: "stop" } && t.Exit > t.Entry).ToList();
        stopped.ShouldNotBeEmpty();
        foreach (var trade in stopped)
        {
            var isLong = chart.Stops[trade.Exit - 1]!.Value < chart.Closes[trade.Exit - 1];
            var open = chart.Opens[trade.Exit];
            var expected = isLong ? Math.Min(open, chart.Stops[trade.Exit - 1]!.Value) : Math.Max(open, chart.Stops[trade.Exit - 1]!.Value);
            trade.ExitPrice.ShouldBe(expected, 1e-6);
        }
        chart.Stops.Where(s => s is not null).Distinct().Count().ShouldBeGreaterThan(chart.Trades.Count / 4);

        var without = await ChartAsync(server, run, "BuyAndHold");
        (without.Missing, without.Stops.Count(s => s is not null)).ShouldBe((null, 0));
    }

    [Fact]
    public async Task A_chart_says_why_it_has_no_levels()
    {
        var server = real.Server;
        var run = await RunAsync(server);
        var path = $"/api/v1/runs/{run}/chart?symbol=alpha-daily";
        var unknown = await server.Client.GetFromJsonAsync<JsonElement>($"{path}&strategy=nothing");
        unknown.GetProperty("levels").GetProperty("why").GetString().ShouldBe("The strategy cannot be run again.");
        unknown.GetProperty("bars").GetProperty("close").GetArrayLength().ShouldBeGreaterThan(10);
        (await server.Client.GetFromJsonAsync<JsonElement>(path)).TryGetProperty("levels", out _).ShouldBeFalse();
    }

    private static async Task<string> RunAsync(ApiServer server)
    {
        var run = await server.UntilAsync((await server.SubmitAsync(Batch)).Id, s => s.Ended);
        run.Fault.ShouldBeNull();
        return run.Id;
    }

    private static async Task<Chart> ChartAsync(ApiServer server, string run, string strategyClass)
    {
        var listed = await server.Client.GetFromJsonAsync<JsonElement>($"/api/v1/runs/{run}/trades?limit=1000");
        var rows = listed.GetProperty("items").EnumerateArray()
            .Where(t => t.GetProperty("strategy").GetString()!.StartsWith(strategyClass, StringComparison.Ordinal)).ToList();
        var id = rows[0].GetProperty("strategy").GetString()!;
        var answer = await server.Client.GetFromJsonAsync<JsonElement>(
            $"/api/v1/runs/{run}/chart?symbol=alpha-daily&points=20000&strategy={Uri.EscapeDataString(id)}");
        var (bars, levels) = (answer.GetProperty("bars"), answer.GetProperty("levels"));
        List<DateTime> times = [.. bars.GetProperty("times").EnumerateArray().Select(t => t.GetDateTime().ToUniversalTime())];
        return new Chart
        {
            Times = times,
            Opens = Numbers(bars.GetProperty("open")).ConvertAll(n => n!.Value),
            Closes = Numbers(bars.GetProperty("close")).ConvertAll(n => n!.Value),
            Stops = Numbers(levels.GetProperty("stops")),
            Targets = Numbers(levels.GetProperty("targets")),
            Missing = levels.TryGetProperty("why", out var why) ? why.GetString() : null,
            Trades = rows.ConvertAll(t => new Trade(At(t, "entryTime"), At(t, "exitTime"), t.GetProperty("entryPrice").GetDouble(),
                t.GetProperty("exitPrice").GetDouble(), t.GetProperty("exitReason").GetString()!)),
        };

        int At(JsonElement trade, string name) => times.BinarySearch(DateTime.Parse(trade.GetProperty(name).GetString()!,
            CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal));
    }

    private static List<double?> Numbers(JsonElement values) =>
        [.. values.EnumerateArray().Select(v => v.ValueKind == JsonValueKind.Null ? (double?)null : v.GetDouble())];
}
