using System.Globalization;
using Granary.Cluster.Tests.Fixtures;
using Granary.Contracts.Jobs;

namespace Granary.Cluster.Tests.Batches;

/// <summary>An account in another currency than its markets is that of one process on every silo, also when one is lost.</summary>
public sealed class CurrenciesOnSilosTests : IDisposable
{
    private readonly TestBatches _batches = new();

    public void Dispose() => _batches.Dispose();

    [Theory]
    [InlineData("hold", 1)]
    [InlineData("convert", 3)]
    public async Task A_batch_with_several_currencies_has_the_digest_of_one_process_after_a_silo_was_killed(string conversion, int silos)
    {
        var random = new Random(3);
        var (dollar, yen) = (1.1, 140.0);
        await File.WriteAllLinesAsync(Path.Combine(_batches.Folder, "rates.csv"), Enumerable.Range(0, 1300).Select(d => string.Create(
            CultureInfo.InvariantCulture, $"{new DateTime(2021, 12, 1).AddDays(d):yyyy-MM-dd},"
                + $"{dollar *= 1 + 0.01 * (random.NextDouble() - 0.5)},{yen *= 1 + 0.01 * (random.NextDouble() - 0.5)}")).Prepend("time,EURUSD,EURJPY"));
        var batch = _batches.Write("money", $$"""
            {
              "name": "money", "data": { "source": "csv:data/1h", "symbols": ["COINUSDT", "GLIMUSDT", "ACME"], "timeframe": "1h",
                "fx": "rates.csv", "instruments": { "GLIMUSDT": { "currency": "JPY" }, "ACME": { "currency": "EUR" } } },
              "account": { "currency": "EUR", "conversion": "{{conversion}}" },
              "strategies": [
                { "class": "Dawdler", "params": { "every": 60, "variant": [1, 2], "gateAt": 400 }, "size": { "percentOfEquity": 20 } },
                { "class": "SmaCross", "params": { "fast": [5, 10], "slow": 30 }, "sides": "both", "size": { "percentOfEquity": 20 } },
                { "class": "MomentumRank", "params": { "lookback": 24, "top": 1, "every": 24 }, "size": { "percentOfEquity": 20 } } ],
              "portfolio": { "weights": "equal" }
            }
            """);
        var embedded = await _batches.EmbeddedAsync(batch);
        File.ReadAllText(Path.Combine(embedded.Folder, "results.json")).ShouldContain("\"currency\"");
        await using var cluster = await TestSilos.StartAsync(silos, settings => settings with { BlockSize = 128 });
        using var gate = cluster.Gates.Close(400, 1);
        var id = await cluster.SubmitAsync(batch);
        await gate.Reached;
        var killing = silos > 1 ? cluster.KillAsync(cluster.Alive[^1]) : Task.CompletedTask;
        gate.Open();
        await killing;
        var status = await cluster.EndAsync(id);
        status.State.ShouldBe(JobState.Done, $"{status.Fault}\n{cluster.Log.Text}");
        status.Digest.ShouldBe(embedded.Model.Digest);
        foreach (var file in (string[])["trades.csv", "portfolio_trades.csv", "equity.csv"])
            File.ReadAllText(Path.Combine(cluster.Runs, id, file)).ShouldBe(File.ReadAllText(Path.Combine(embedded.Folder, file)), file);
    }
}
