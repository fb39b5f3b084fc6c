using System.Globalization;
using Granary.Cluster.Batches;
using Granary.Cluster.Tests.Fixtures;
using Granary.Contracts.Jobs;
using Granary.Testing;

namespace Granary.Cluster.Tests.Batches;

/// <summary>Batches that read further columns: the feed grains read and join them, whatever silo is lost.</summary>
public sealed class ColumnsOnSilosTests
{
    private const int Bars = 3000;

    private const string Batch = """
        { "name": "columns", "data": { "source": "csv:columns", "symbols": "*", "timeframe": "1h",
            "asof": [ { "file": "scores.csv", "columns": "score", "as": "news.", "delay": "1d" } ] },
          "strategies": [
            { "class": "Dawdler", "symbols": "ONE", "params": { "every": 100000, "variant": 1, "gateAt": 500 },
              "size": { "percentOfEquity": 20 } },
            { "class": "FactorLevel", "params": { "factor": "column(oi)", "low": [4000, 5000], "high": 5000 },
              "size": { "percentOfEquity": 20 } },
            { "class": "FactorLevel", "params": { "factor": "column(news.score)", "low": [-0.3, -0.1, 0], "high": [0, 0.1] },
              "timeframe": ["1h", "4h"], "size": { "percentOfEquity": 20 } } ],
          "portfolio": { "weights": "equal" }, "outputs": ["results", "prod", "equity", "trades", "signals", "portfolio_trades"] }
        """;

    private static string Written(TestBatches batches)
    {
        var batch = batches.Write("columns", Batch);
        var folder = Path.GetDirectoryName(batch)!;
        Directory.CreateDirectory(Path.Combine(folder, "columns"));
        var (random, start) = (new Random(9), new DateTime(2023, 1, 1));
        foreach (var symbol in (string[])["ONE", "TWO", "THREE"])
        {
            var (lines, price) = (new List<string> { "time,open,high,low,close,volume,oi" }, 50.0);
            for (var i = 0; i < Bars; i++)
            {
                var close = Math.Round(price * (1 + 0.02 * (random.NextDouble() - 0.5)), 3);
                lines.Add(string.Create(CultureInfo.InvariantCulture, $"{start.AddHours(i):yyyy-MM-dd'T'HH:mm:ss'Z'},{price},"
                    + $"{Math.Max(price, close)},{Math.Min(price, close)},{close},5,{(i % 6 == 1 ? "" : random.Next(1000, 9000))}"));
                price = close;
            }
            File.WriteAllLines(Path.Combine(folder, "columns", symbol + ".csv"), lines);
        }
        File.WriteAllLines(Path.Combine(folder, "scores.csv"), Enumerable.Range(0, 110).Select(d => string.Create(
            CultureInfo.InvariantCulture, $"{start.AddDays(d):yyyy-MM-dd},{random.NextDouble() - 0.5:F3}")).Prepend("date,score"));
        return batch;
    }

    [Fact]
    public async Task The_digest_is_that_of_the_embedded_host_also_when_the_silo_of_the_reports_is_lost()
    {
        using var batches = new TestBatches();
        var batch = Written(batches);
        var embedded = await batches.EmbeddedAsync(batch);
        embedded.Model.Strategies.ShouldAllBe(s => s.Error == null);
        await using var cluster = await TestSilos.StartAsync(3, s => s with { BlockSize = 128 });
        var whole = await cluster.RunAsync(batch);
        whole.State.ShouldBe(JobState.Done, $"{whole.Fault}\n{cluster.Log.Text}");
        whole.Digest.ShouldBe(embedded.Model.Digest);

        using var gate = cluster.Gates.Close(500, Bars / 2);
        var id = await cluster.SubmitAsync(batch);
        await gate.Reached;
        var killing = cluster.KillSiloOfAsync(cluster.Grains.GetGrain<IReportingGrain>(id));
        gate.Open();
        await killing;
        var status = await cluster.EndAsync(id);
        status.State.ShouldBe(JobState.Done, $"{status.Fault}\n{cluster.Log.Text}");
        status.Digest.ShouldBe(embedded.Model.Digest);
        ComparedRuns.Differences(Path.Combine(cluster.Runs, whole.Id), Path.Combine(cluster.Runs, id)).ShouldBe("");
    }
}
