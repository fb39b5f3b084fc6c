using System.Text;
using Granary.Backtesting.Runs;
using Granary.Data.BarFiles;
using Granary.Data.Brokers;
using Granary.Data.Replay;
using Granary.Engine.Market;
using Granary.Kafka.Bars;
using Granary.Simulation.Batches;
using Granary.Simulation.Passes;
using Granary.Storage.Addresses;
using Granary.Testing;
using Granary.Trading.Live;

namespace Granary.Kafka.Tests;

public sealed class LiveOverKafkaTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("granary-live-kafka-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_session_on_a_topic_has_the_digest_of_the_backtest_over_the_files_and_sends_nothing_for_bars_that_are_long_past()
    {
        using var kafka = MockKafka.Start();
        var bars = Path.Combine(SharedData.RepositoryRoot, "samples", "data", "1h");
        var (from, to) = (new DateTime(2022, 1, 5).Ticks, new DateTime(2022, 1, 20).Ticks);
        var spec = new BatchReader(TestCatalogues.All).Read("live.json", Encoding.UTF8.GetBytes($$"""
            { "name": "kafka", "data": { "source": "csv:{{bars}}", "symbols": ["COINUSDT", "GLIMUSDT"], "timeframe": "1h",
              "to": "2022-01-20" },
              "strategies": [ { "class": "SmaCross", "params": { "fast": 5, "slow": [20, 30] }, "size": { "percentOfEquity": 20 },
                "stopLossPercent": 2 } ], "portfolio": { "weights": "equal" } }
            """), _folder);
        var backtest = await new BatchRunner(new EmbeddedHost(1), TimeProvider.System).RunAsync(spec,
            new BatchOptions { Out = Path.Combine(_folder, "backtest"), Validation = false });

        var topic = KafkaBarAddress.Of(Address.Parse($"kafka://{kafka.Brokers}/live-{Guid.NewGuid():N}"));
        await using (var replay = await BarReplay.OpenAsync(new CsvBarSource(bars),
            [new BarQuery("COINUSDT", Timeframe.H1, from, to), new BarQuery("GLIMUSDT", Timeframe.H1, from, to)],
            ReplaySpeed.AsFastAsPossible, TimeProvider.System))
        await using (var sink = new KafkaBarSink(topic, Guid.NewGuid()))
        {
            await foreach (var item in replay.ReadAsync()) await sink.PublishAsync(replay.Series, item);
            await sink.FlushAsync();
        }
        using var timeout = new CancellationTokenSource(Eventually.LongestWork);
        // The days before the topic's first bar come from the configuration's own files.
        var live = await LiveSession.RunAsync(new LiveRequest
        {
            Production = Path.Combine(backtest.Folder, "prod.json"),
            Feed = Address.Parse($"kafka://{kafka.Brokers}/{topic.Topic}"),
            Out = Path.Combine(_folder, "live"),
            IgnoresChecks = true
        },
                TestCatalogues.All, TimeProvider.System, timeout.Token);
        var same = await new BatchRunner(new EmbeddedHost(1), TimeProvider.System).RunAsync(
            spec with { Portfolio = spec.Portfolio with { From = from } },
            new BatchOptions { Out = Path.Combine(_folder, "same"), Validation = false });
        live.Run.Model.Digest.ShouldBe(same.Model.Digest);
        live.Ledger.TrackedOrders.ShouldBeEmpty();
        File.ReadAllText(Path.Combine(live.Run.Folder, "account.json")).ShouldContain("\"why\": \"late\"");
    }
}
