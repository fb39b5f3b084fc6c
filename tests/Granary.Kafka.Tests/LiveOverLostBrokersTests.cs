using System.Text;
using Granary.Backtesting.Runs;
using Granary.Contracts.Sessions;
using Granary.Data.BarFiles;
using Granary.Data.Brokers;
using Granary.Data.Journals;
using Granary.Data.Replay;
using Granary.Engine.Brokerage;
using Granary.Engine.Market;
using Granary.Engine.Market.Feeds;
using Granary.Kafka.Bars;
using Granary.Simulation.Batches;
using Granary.Simulation.Passes;
using Granary.Storage.Addresses;
using Granary.Testing;
using Granary.Trading.Live;

namespace Granary.Kafka.Tests;

/// <summary>A live session whose brokers are lost under it and come back with their data.</summary>
public sealed class LiveOverLostBrokersTests : IDisposable
{
    private static readonly (long From, long To) Published = (new DateTime(2022, 1, 5).Ticks, new DateTime(2022, 1, 20).Ticks);
    private static readonly string Bars = Path.Combine(SharedData.RepositoryRoot, "samples", "data", "1h");

    private static readonly string[] Symbols = ["COINUSDT", "GLIMUSDT"];

    private readonly string _folder = Directory.CreateTempSubdirectory("granary-live-kafka-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    // The day of the bars, so that they are news and traded on.
    private sealed class ThatDay : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => new(Published.From, TimeSpan.Zero);
    }

    private sealed class Seen : IProgress<LiveStatus>
    {
        public long Bars;

        public void Report(LiveStatus value) => Volatile.Write(ref Bars, value.Bars);
    }

    private BatchSpec Spec() => new BatchReader(TestCatalogues.All).Read("live.json", Encoding.UTF8.GetBytes($$"""
        { "name": "kafka", "data": { "source": "csv:{{Bars}}", "symbols": ["COINUSDT", "GLIMUSDT"], "timeframe": "1h",
          "to": "2022-01-20" },
          "strategies": [ { "class": "SmaCross", "params": { "fast": 5, "slow": [20, 30] }, "size": { "percentOfEquity": 20 },
            "stopLossPercent": 2 } ], "portfolio": { "weights": "equal" } }
        """), _folder);

    private Task<BatchRun> BacktestAsync(BatchSpec spec, string name) => new BatchRunner(new EmbeddedHost(1), TimeProvider.System)
        .RunAsync(spec, new BatchOptions { Out = Path.Combine(_folder, name), Validation = false });

    private Task<LiveRun> LiveAsync(BatchRun backtest, string feed, string name, IProgress<LiveStatus>? status = null) =>
        Task.Run(async () =>
    {
        using var limit = new CancellationTokenSource(Eventually.LongestWork);
        return await LiveSession.RunAsync(new LiveRequest
        {
            Production = Path.Combine(backtest.Folder, "prod.json"),
            Feed = Address.Parse(feed),
            State = Path.Combine(_folder, name, "state"),
            Out = Path.Combine(_folder, name),
            IgnoresChecks = true,
            Status = status,
        }, TestCatalogues.All, new ThatDay(), limit.Token);
    });

    [Theory]
    [InlineData("")]
    [InlineData("?group=live")]
    public async Task A_session_waits_for_brokers_that_are_lost_in_its_middle_and_ends_as_if_they_had_stayed(string group)
    {
        using var kafka = MockKafka.Start();
        using var proxy = new KafkaProxy(kafka.Brokers);
        var spec = Spec();
        var backtest = await BacktestAsync(spec, "backtest");
        var topic = $"kafka://{proxy.Brokers}/live{group}";
        await using var replay = await BarReplay.OpenAsync(new CsvBarSource(Bars),
            [.. Symbols.Select(s => new BarQuery(s, Timeframe.H1, Published.From, Published.To))], ReplaySpeed.AsFastAsPossible,
            TimeProvider.System);
        await using var sink = new KafkaBarSink(KafkaBarAddress.Of(Address.Parse(topic)), Guid.NewGuid());
        var seen = new Seen();
        Task<LiveRun>? session = null;
        var (bars, down, warm) = (0, 0, await CountAsync(null, Published.From));
        var back = Task.CompletedTask;
        await foreach (var item in replay.ReadAsync())
        {
            await sink.PublishAsync(replay.Series, item);
            bars += item.Bars?.Count ?? 0;
            if (item.Kind != FeedItemKind.Heartbeat || bars < 150 * (down + 1) || down == 3) continue;
            // What was published so far has been worked: then the brokers go, with the session in its middle, and come back while more
            // is published.
            await back;
            await sink.FlushAsync();
            session ??= LiveAsync(backtest, topic, "live", seen);
            await Eventually.HoldsAsync(() => Volatile.Read(ref seen.Bars) >= warm + bars || session.IsCompleted);
            if (session.IsCompleted) await session; // says what was wrong
            session.IsCompleted.ShouldBeFalse();
            var refused = proxy.Refused;
            proxy.Cut();
            back = Task.Run(async () =>
            {
                await Eventually.HoldsAsync(() => proxy.Refused >= refused + 3);
                proxy.Restore();
            });
            down++;
        }
        down.ShouldBe(3);
        await back;
        await sink.FlushAsync();
        var live = await session!;
        // The days before the topic's first bar only warm up: the session's portfolio starts there, and so does the backtest of its bars.
        var same = await BacktestAsync(spec with { Portfolio = spec.Portfolio with { From = Published.From } }, "same");
        live.Run.Model.Digest.ShouldBe(same.Model.Digest);
        var undisturbed = await LiveAsync(backtest, topic.Replace("?group=live", "", StringComparison.Ordinal), "undisturbed");
        live.Ledger.TrackedOrders.ShouldNotBeEmpty();
        live.Ledger.TrackedOrders.Select(t => t.Order.ClientId).ShouldBe(undisturbed.Ledger.TrackedOrders.Select(t => t.Order.ClientId));
        live.Status.AccountEquity.ShouldBe(undisturbed.Status.AccountEquity);
        var taken = FileJournal.Peek(Path.Combine(_folder, "live", "state"), new JournalQuery()).Select(JournalCodec.Decode)
            .OfType<BarsTaken>().Where(b => !b.Warm).SelectMany(b => b.Bars).ToList();
        taken.Count.ShouldBe(bars);
        taken.Select(b => (b.Symbol, b.Bar.Time)).Distinct().Count().ShouldBe(bars);
    }

    private static async Task<long> CountAsync(long? from, long? to)
    {
        var bars = 0L;
        foreach (var symbol in Symbols)
        {
            await using var series = await new CsvBarSource(Bars).OpenAsync(new BarQuery(symbol, Timeframe.H1, from, to));
            bars += series.Count;
        }
        return bars;
    }
}
