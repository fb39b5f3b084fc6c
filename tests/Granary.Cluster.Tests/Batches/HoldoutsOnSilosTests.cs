using System.Globalization;
using Granary.Cluster.Batches;
using Granary.Cluster.Tests.Fixtures;
using Granary.Contracts.Jobs;
using Granary.Testing;

namespace Granary.Cluster.Tests.Batches;

/// <summary>Batches with a holdout: no silo reads later bars, also not the one that takes over from a lost one.</summary>
public sealed class HoldoutsOnSilosTests
{
    private const int Bars = 2000, Visible = 1500;

    private static string BatchOf(string source, string more) => $$"""
        { "name": "holdout", "data": { "source": "csv:{{source}}", "symbols": "*", "timeframe": "1h" {{more}} },
          "strategies": [
            { "class": "Dawdler", "symbols": "ONE", "params": { "every": 100000, "variant": 1, "gateAt": 500 },
              "size": { "percentOfEquity": 20 } },
            { "class": "SmaCross", "params": { "fast": [5, 10], "slow": [20, 50] }, "timeframe": ["1h", "4h"],
              "size": { "percentOfEquity": 20 } } ],
          "portfolio": { "weights": "equal" }, "outputs": ["results", "prod", "trades", "portfolio_trades"] }
        """;

    private static void Write(string folder, int bars)
    {
        Directory.CreateDirectory(folder);
        var (random, start) = (new Random(9), new DateTime(2023, 1, 1));
        foreach (var symbol in (string[])["ONE", "TWO"])
        {
            var (lines, price) = (new List<string> { "time,open,high,low,close,volume" }, 50.0);
            for (var i = 0; i < Bars; i++)
            {
                var close = Math.Round(price * (1 + 0.02 * (random.NextDouble() - 0.5)), 3);
                if (i < bars) lines.Add(string.Create(CultureInfo.InvariantCulture, $"{start.AddHours(i):yyyy-MM-dd'T'HH:mm:ss'Z'},{price},"
                    + $"{Math.Max(price, close)},{Math.Min(price, close)},{close},5"));
                price = close;
            }
            File.WriteAllLines(Path.Combine(folder, symbol + ".csv"), lines);
        }
    }

    [Fact]
    public async Task The_digest_is_that_of_a_source_that_ends_at_the_holdout_also_when_the_silo_of_the_reports_is_lost()
    {
        using var batches = new TestBatches();
        // The last visible bar closes at the holdout.
        var holdout = new DateTime(2023, 1, 1).AddHours(Visible);
        var cut = batches.Write("cut", BatchOf("all", string.Create(CultureInfo.InvariantCulture,
            $", \"holdout\": \"{holdout:yyyy-MM-dd'T'HH:mm:ss'Z'}\"")));
        var ends = batches.Write("ends", BatchOf("ends", ""));
        Write(Path.Combine(Path.GetDirectoryName(cut)!, "all"), Bars);
        Write(Path.Combine(Path.GetDirectoryName(ends)!, "ends"), Visible);
        var expected = (await batches.EmbeddedAsync(ends)).Model.Digest;
        await using var cluster = await TestSilos.StartAsync(3, s => s with { BlockSize = 128 });
        using var gate = cluster.Gates.Close(500, Visible / 2);
        var id = await cluster.SubmitAsync(cut);
        await gate.Reached;
        var killing = cluster.KillSiloOfAsync(cluster.Grains.GetGrain<IReportingGrain>(id));
        gate.Open();
        await killing;
        var status = await cluster.EndAsync(id);
        status.State.ShouldBe(JobState.Done, $"{status.Fault}\n{cluster.Log.Text}");
        status.Digest.ShouldBe(expected);
    }
}
