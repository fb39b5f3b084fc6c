using System.Diagnostics;
using System.Globalization;
using Granary.Application.Batches;
using Granary.Application.Runs;
using Granary.Application.Simulation;
using Granary.Cluster.Grains;
using Granary.Cluster.Tests.Fixtures;
using Granary.Data.Synthetic;
using Granary.Engine.Market;
using Orleans.Hosting;

namespace Granary.Cluster.Tests.Streams;

/// <summary>What a batch costs on one silo over streams and with pulled blocks, beside the embedded host in the same run.</summary>
public sealed class TransportCostTests
{
    private sealed record Cost(double Seconds, double Processor);

    [Fact]
    public async Task A_sweep_has_one_digest_over_streams_and_pulled_blocks_and_its_costs_are_printed()
    {
        if (!int.TryParse(Environment.GetEnvironmentVariable("GRANARY_TRANSPORT_ROUNDS"), CultureInfo.InvariantCulture, out var rounds))
            Assert.Skip("a measurement of minutes: set GRANARY_TRANSPORT_ROUNDS=5");
        using var batches = new TestBatches();
        var from = new DateTime(2023, 1, 1, 0, 0, 0, DateTimeKind.Utc).Ticks;
        DataGeneration.Run(new GenerateRequest(Path.Combine(batches.Folder, "minutes"),
            DataGeneration.Markets(["COINUSDT"], from, from + 120 * TimeSpan.TicksPerDay, 5), [Timeframe.Parse("1m")]));
        string Numbers(int first, int step, int count) => string.Join(',', Enumerable.Range(0, count).Select(i => first + i * step));
        var batch = batches.Write("cost", $$"""
            { "name": "cost", "data": { "source": "csv:minutes/1m", "symbols": "COINUSDT", "timeframe": "1m" },
              "execution": { "commissionPercent": 0.1 },
              "strategies": [ { "class": "SmaCross", "params": { "fast": [{{Numbers(5, 1, 40)}}], "slow": [{{Numbers(50, 10, 25)}}] },
                "sides": "long", "size": { "units": 10 } } ], "outputs": ["results"] }
            """);
        await using var pull = await TestSilos.StartAsync(1, s => s with { Blocks = BlockTransport.Pull });
        await using var stream = await TestSilos.StartAsync(1);
        var costs = new Dictionary<string, Cost>();
        var digests = new HashSet<string?>();
        for (var round = -1; round < rounds; round++)
        {
            var folder = Path.Combine(batches.Folder, string.Create(CultureInfo.InvariantCulture, $"embedded-{round}"));
            await MeasureAsync("embedded", async () => (await new BatchRunner(new EmbeddedHost(1), TimeProvider.System).RunAsync(
                new BatchReader(TestCatalogues.All).Read(batch), new BatchOptions { Out = folder })).Model.Digest);
            await MeasureAsync("pull", async () => (await pull.RunAsync(batch)).Digest);
            await MeasureAsync("stream", async () => (await stream.RunAsync(batch)).Digest);

            async Task MeasureAsync(string name, Func<Task<string?>> run)
            {
                var (watch, before) = (Stopwatch.StartNew(), Environment.CpuUsage.TotalTime);
                digests.Add(await run());
                var cost = new Cost(watch.Elapsed.TotalSeconds, (Environment.CpuUsage.TotalTime - before).TotalSeconds);
                // The first round is the compiler's.
                if (round < 0) return;
                var best = costs.GetValueOrDefault(name) ?? cost;
                costs[name] = new Cost(Math.Min(best.Seconds, cost.Seconds), Math.Min(best.Processor, cost.Processor));
            }
        }
        foreach (var (name, cost) in costs)
            TestContext.Current.TestOutputHelper!.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{name}: {cost.Seconds:0.000} s, {cost.Processor:0.000} s of the processors, "
                    + $"{cost.Seconds / costs["embedded"].Seconds:0.00} and "
                    + $"{cost.Processor / costs["embedded"].Processor:0.00} of the embedded host's"));
        digests.ShouldHaveSingleItem();
    }
}
