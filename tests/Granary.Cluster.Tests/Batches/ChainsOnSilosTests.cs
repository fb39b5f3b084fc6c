using System.Globalization;
using Granary.Cluster.Tests.Fixtures;
using Granary.Contracts.Jobs;

namespace Granary.Cluster.Tests.Batches;

/// <summary>A chain of contracts is assembled alike on every silo, also when one is lost.</summary>
public sealed class ChainsOnSilosTests : IDisposable
{
    private readonly TestBatches _batches = new();

    public void Dispose() => _batches.Dispose();

    [Fact]
    public async Task A_batch_over_a_chain_has_the_digest_of_one_process_after_a_silo_was_killed()
    {
        var (random, price) = (new Random(3), 4_000.0);
        var (start, expiries) = (new DateTime(2022, 1, 3), new List<string> { "contract,expiry" });
        List<double> closes = [.. Enumerable.Range(0, 2_000).Select(_ => price += random.Next(-40, 41) * 0.25)];
        Directory.CreateDirectory(Path.Combine(_batches.Folder, "contracts"));
        foreach (var (c, contract) in new[] { "ESH22", "ESM22", "ESU22" }.Index())
        {
            var expiry = start.AddDays(27 * (c + 1));
            expiries.Add($"{contract},{expiry:yyyy-MM-dd}");
            var file = Path.Combine(_batches.Folder, "contracts", contract + ".csv");
            await File.WriteAllLinesAsync(file, closes.Select((p, i) => string.Create(
                CultureInfo.InvariantCulture, $"{start.AddHours(i):yyyy-MM-dd HH:mm},{p + 33 * c},{p + 33 * c + 5},{p + 33 * c - 5},{p + 33 * c},{9 + i % 7}"))
                .Take((int)(expiry - start).TotalHours).Prepend("time,open,high,low,close,volume"));
        }
        await File.WriteAllLinesAsync(Path.Combine(_batches.Folder, "expiries.csv"), expiries);
        var batch = _batches.Write("chain", """
            {
              "name": "chain", "data": { "source": "csv:contracts", "symbols": ["ES"], "timeframe": "1h", "instruments": { "ES": {
                "multiplier": 50,
                "chain": { "contracts": "ES*", "expiries": "expiries.csv", "adjust": "difference", "roll": { "days": 2 } } } } },
              "account": { "cash": 1000000 },
              "strategies": [
                { "class": "Dawdler", "params": { "every": 60, "variant": [1, 2], "gateAt": 400 }, "size": { "units": 1 } },
                { "class": "SmaCross", "params": { "fast": [5, 10], "slow": 30 }, "size": { "units": 1 } } ],
              "portfolio": { "weights": "equal" }
            }
            """);
        var embedded = await _batches.EmbeddedAsync(batch);
        File.ReadLines(Path.Combine(embedded.Folder, "rolls.csv")).Count().ShouldBeGreaterThan(3);
        await using var cluster = await TestSilos.StartAsync(3, settings => settings with { BlockSize = 128 });
        using var gate = cluster.Gates.Close(400, 1);
        var id = await cluster.SubmitAsync(batch);
        await gate.Reached;
        var killing = cluster.KillAsync(cluster.Alive[^1]);
        gate.Open();
        await killing;
        var status = await cluster.EndAsync(id);
        status.State.ShouldBe(JobState.Done, $"{status.Fault}\n{cluster.Log.Text}");
        status.Digest.ShouldBe(embedded.Model.Digest);
        foreach (var file in (string[])["trades.csv", "rolls.csv", "portfolio_trades.csv", "equity.csv"])
            File.ReadAllText(Path.Combine(cluster.Runs, id, file)).ShouldBe(File.ReadAllText(Path.Combine(embedded.Folder, file)), file);
    }
}
