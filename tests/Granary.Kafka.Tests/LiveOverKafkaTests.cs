using System.Globalization;
using System.Text;
using Granary.Backtesting.Runs;
using Granary.Data.BarFiles;
using Granary.Data.Brokers;
using Granary.Data.Replay;
using Granary.Engine;
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

    [Fact]
    public async Task A_restart_names_the_bars_that_the_topic_has_with_other_prices_and_keeps_to_the_journal_if_the_operator_says_so()
    {
        using var kafka = MockKafka.Start();
        var bars = Directory.CreateDirectory(Path.Combine(_folder, "bars")).FullName;
        var file = Path.Combine(bars, "COINUSDT.csv");
        File.Copy(Path.Combine(SharedData.RepositoryRoot, "samples", "data", "1h", "COINUSDT.csv"), file);
        var spec = new BatchReader(TestCatalogues.All).Read("live.json", Encoding.UTF8.GetBytes("""
            { "name": "kafka", "data": { "source": "csv:bars", "symbols": ["COINUSDT"], "timeframe": "1h", "to": "2022-01-20" },
              "strategies": [ { "class": "SmaCross", "params": { "fast": 5, "slow": 20 }, "size": { "percentOfEquity": 20 } } ] }
            """), _folder);
        var backtest = await new BatchRunner(new EmbeddedHost(1), TimeProvider.System).RunAsync(spec,
            new BatchOptions { Out = Path.Combine(_folder, "backtest"), Validation = false });

        // The topic as it was, and as it is after a split: it was removed and filled again.
        await PublishAsync(bars, $"{kafka.Brokers}/whole", new DateTime(2022, 1, 10));
        await PublishAsync(bars, $"{kafka.Brokers}/longer", new DateTime(2022, 1, 15));
        var lines = File.ReadAllLines(file);
        static string Halved(string price) =>
            (double.Parse(price, CultureInfo.InvariantCulture) / 2).ToString("R", CultureInfo.InvariantCulture);
        File.WriteAllLines(file, [lines[0], .. lines.Skip(1).Select(l => l.Split(','))
            .Select(f => string.Join(',', [f[0], .. f[1..5].Select(Halved), f[5]]))]);
        await PublishAsync(bars, $"{kafka.Brokers}/halved", new DateTime(2022, 1, 15));

        async Task<LiveRun> TradeAsync(string topic, string name, string policy)
        {
            using var timeout = new CancellationTokenSource(Eventually.LongestWork);
            return await LiveSession.RunAsync(new LiveRequest
            {
                Production = Path.Combine(backtest.Folder, "prod.json"),
                Feed = Address.Parse($"kafka://{kafka.Brokers}/{topic}"),
                State = Path.Combine(_folder, "state"),
                Out = Path.Combine(_folder, name),
                IgnoresChecks = true,
                ChangedBars = policy,
            }, TestCatalogues.All, TimeProvider.System, timeout.Token);
        }

        var before = await TradeAsync("whole", "before", "refuse");
        var refused = await Should.ThrowAsync<InputException>(() => TradeAsync("halved", "refused", "refuse"));
        refused.Message.ShouldContain("bars of COINUSDT have other prices");
        refused.Message.ShouldContain("all by the factor 0.5, as after a split");
        (await TradeAsync("longer", "same", "refuse")).Status.Bars.ShouldBeGreaterThan(before.Status.Bars);
        (await TradeAsync("halved", "kept", "keep")).Status.Notes.ShouldContain(n =>
            n.Contains("bars of COINUSDT have other prices", StringComparison.Ordinal));
    }

    private static async Task PublishAsync(string bars, string topic, DateTime to)
    {
        await using var replay = await BarReplay.OpenAsync(new CsvBarSource(bars),
            [new BarQuery("COINUSDT", Timeframe.H1, new DateTime(2022, 1, 5).Ticks, to.Ticks)], ReplaySpeed.AsFastAsPossible,
            TimeProvider.System);
        await using var sink = new KafkaBarSink(KafkaBarAddress.Of(Address.Parse($"kafka://{topic}")), Guid.NewGuid());
        await foreach (var item in replay.ReadAsync()) await sink.PublishAsync(replay.Series, item);
        await sink.FlushAsync();
    }
}
