using System.Globalization;
using Granary.Backtesting.Runs;
using Granary.Cluster.Tests.Fixtures;
using Granary.Contracts.Sessions;
using Granary.Engine.Brokerage;
using Granary.Storage.Addresses;
using Granary.Testing;
using Granary.Trading.Live;

namespace Granary.Cluster.Tests.Live;

/// <summary>A session with several currencies on silos is its backtest, also when the silo shuts down within it.</summary>
[NeedsPostgres]
public sealed class CurrencySessionsOnSilosTests : IDisposable
{
    private const string To = "2023-01-09";

    private readonly TestBatches _batches = new();

    public void Dispose() => _batches.Dispose();

    private Task<BatchRun> BacktestAsync(string conversion)
    {
        var random = new Random(3);
        var (dollar, yen) = (1.1, 140.0);
        File.WriteAllLines(Path.Combine(_batches.Folder, "rates.csv"), Enumerable.Range(0, 90).Select(d => string.Create(
            CultureInfo.InvariantCulture, $"{new DateTime(2022, 12, 1, 7, 30, 0).AddDays(d):s},"
                + $"{dollar *= 1 + 0.02 * (random.NextDouble() - 0.5)},{yen *= 1 + 0.02 * (random.NextDouble() - 0.5)}"))
            .Prepend("time,EURUSD,EURJPY"));
        return _batches.EmbeddedAsync(_batches.Write("money", $$"""
            { "name": "money", "data": { "source": "csv:data/1h", "symbols": ["COINUSDT", "GLIMUSDT"], "timeframe": "1h", "to": "{{To}}",
                "fx": "rates.csv", "instruments": { "GLIMUSDT": { "currency": "JPY" }, "COINUSDT": { "currency": "USD" } } },
              "account": { "currency": "EUR", "conversion": "{{conversion}}" },
              "execution": { "commissionPercent": 0.05 },
              "strategies": [
                { "class": "SmaCross", "params": { "fast": 5, "slow": [15, 20] }, "size": { "percentOfEquity": 20 } },
                { "class": "VolatilityBreakout", "params": { "period": 10, "multiplier": 1, "hold": 5 },
                  "size": { "percentOfEquity": 20 }, "stopLossPercent": 1, "takeProfitPercent": 2, "exitOnSignal": false } ],
              "portfolio": { "weights": "equal" } }
            """));
    }

    private SessionStart Start(BatchRun backtest, string speed) => new()
    {
        Text = File.ReadAllBytes(Path.Combine(backtest.Folder, "prod.json")),
        File = "prod.json",
        Folder = backtest.Folder,
        Feed = Address.Parse("csv:" + Path.Combine(_batches.Folder, "data", "1h")),
        Speed = speed,
        Account = LiveSilos.Account,
        To = DateTime.Parse(To, CultureInfo.InvariantCulture).Ticks,
        IgnoresChecks = true,
        StartedBy = "a test",
    };

    [Fact]
    public async Task A_session_in_several_currencies_that_is_handed_over_has_the_digest_of_its_backtest()
    {
        var backtest = await BacktestAsync("convert");
        await using var server = await PostgresServer.ShareAsync();
        await using var cluster = await LiveSilos.StartAsync(2, await server.CreateDatabaseAsync());
        await cluster.PlacePortfolioAsync(cluster.Silos.Alive[^1]);
        await cluster.Sessions.StartAsync(Start(backtest, "fixed:20ms"));
        var begun = await cluster.UntilAsync(s => s is { Phase: SessionPhase.Running, Status.Bars: > 40 });
        await cluster.Silos.Cluster.StopSiloAsync(cluster.Silos.Alive.Single(s => s.SiloAddress.ToString() == begun.Host));
        var end = await cluster.EndAsync();
        end.Phase.ShouldBe(SessionPhase.Done, $"{end.Fault}\n{cluster.Log.Text}");
        end.Digest.ShouldBe(backtest.Model.Digest, cluster.Log.Text);
        end.Status!.AccountEquity.ShouldBe(end.Status.ModelEquity, 1e-6);
        (end.Status.Account.Currency, end.Status.Account.Balances.Count).ShouldBe(("EUR", 2));
        var journal = await cluster.JournalAsync();
        journal.OfType<SessionStarted>().Count().ShouldBe(2);
        var rates = journal.OfType<RatesTaken>().SelectMany(r => r.Rates.Select(k => (k.Currency, k.Time))).ToList();
        rates.Count.ShouldBeGreaterThan(10);
        rates.Distinct().Count().ShouldBe(rates.Count);
    }
}
