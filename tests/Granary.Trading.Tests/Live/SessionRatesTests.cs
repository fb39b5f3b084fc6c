using System.Globalization;
using System.Text;
using Granary.Data.Replay;
using Granary.Engine.Brokerage;
using Granary.Engine.Catalogues;
using Granary.Engine.Market;
using Granary.Engine.Market.Feeds;
using Granary.Simulation.Batches;
using Granary.Simulation.Catalogues;
using Granary.Storage.Addresses;
using Granary.Testing;
using Granary.Trading.Live;

namespace Granary.Trading.Tests.Live;

/// <summary>From when a session counts with a rate: as its source knows it, or from the next bars if the session finds it later.</summary>
public sealed class SessionRatesTests : IDisposable
{
    private static readonly DateTime s_start = new(2022, 1, 3);

    private readonly string _folder = MemoryFolder.Create("granary-rates-");
    private readonly ManualClock _clock = new();

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static long At(int hour) => s_start.AddHours(hour).Ticks;

    private string File => Path.Combine(_folder, "rates.csv");

    private void Write(params (double Hour, double Rate)[] rates) => System.IO.File.WriteAllLines(File, rates.Select(r =>
        string.Create(CultureInfo.InvariantCulture, $"{s_start.AddHours(r.Hour):s},{r.Rate}")).Prepend("time,EURJPY"));

    private Task<SessionRates?> OpenAsync(bool isStream = true) => SessionRates.OpenAsync(new BatchReader(TestCatalogues.All).Read("b.json",
        Encoding.UTF8.GetBytes($$"""
            { "name": "rates", "data": { "source": "csv:x", "symbols": ["7203.T"], "timeframe": "1h", "fx": "{{File}}" },
              "account": { "currency": "EUR" }, "strategies": [{ "class": "SmaCross" }] }
            """), _folder), Address.Parse("csv:x"), isStream, [new Instrument { Symbol = "7203.T" }], _clock, default);

    private static TimeSlice Bar(int close) =>
        new(At(close), [new ClosedBar("7203.T", new Bar(At(close - 1), 1, 1, 1, 1, 1), Timeframe.H1)]);

    private static async Task<string> TakeAsync(SessionRates rates, int close) =>
        await rates.TakeAsync(Bar(close), default) is not { } fact ? ""
            : string.Join(" ", fact.Rates.Select(r => string.Create(CultureInfo.InvariantCulture,
                $"{1 / r.Rate:0.##}@{(r.Time - s_start.Ticks) / (double)TimeSpan.TicksPerHour:0.##}")));

    [Fact]
    public async Task A_rate_counts_when_its_source_knows_it_and_of_those_before_the_first_bar_the_last_alone()
    {
        Write((-300, 100), (-200, 110), (-100, 120), (0.5, 130), (1, 140), (2.25, 150));
        var rates = (await OpenAsync(isStream: false))!;
        (await TakeAsync(rates, 1)).ShouldBe("120@-100 130@0.5 140@1");
        (await TakeAsync(rates, 2)).ShouldBe("");
        (await TakeAsync(rates, 3)).ShouldBe("150@2.25");
        var yen = (await rates.OfAsync("JPY", "EUR", default))!;
        (yen.At(At(2)), yen.At(At(3))).ShouldBe((1 / 140.0, 1 / 150.0));
    }

    [Fact]
    public async Task A_rate_that_comes_after_its_time_counts_from_the_next_bars_and_a_replay_of_the_facts_has_the_same_rates()
    {
        Write((-1, 100), (0, 110));
        var rates = (await OpenAsync())!;
        List<JournalEvent> facts = [(await rates.TakeAsync(Bar(1), default))!];
        // The rates of 1:00 and 2:00 come after the bars that close then; that of 2:00 is the last of them.
        _clock.Advance(TimeSpan.FromMinutes(2));
        (await TakeAsync(rates, 2)).ShouldBe("");
        Write((-1, 100), (0, 110), (1, 120), (2, 130), (2.5, 140));
        _clock.Advance(TimeSpan.FromMinutes(2));
        var fact = (await rates.TakeAsync(Bar(3), default))!;
        fact.Rates.Select(r => (Math.Round(1 / r.Rate), r.Time, r.At)).ShouldBe([(130, At(2) + 1, At(2)), (140, s_start.AddHours(2.5).Ticks,
            s_start.AddHours(2.5).Ticks)]);
        facts.Add(fact);
        var yen = (await rates.OfAsync("JPY", "EUR", default))!;
        (yen.At(At(2)), yen.At(At(3))).ShouldBe((1 / 110.0, 1 / 140.0));

        // Another process reads the file as it is now, and has the facts before.
        var again = (await OpenAsync())!;
        again.Know(facts);
        again.Reach(At(3));
        var same = (await again.OfAsync("JPY", "EUR", default))!;
        same.Times.ToArray().ShouldBe(yen.Times.ToArray());
        same.Rates.ToArray().ShouldBe(yen.Rates.ToArray());
        (await TakeAsync(again, 4)).ShouldBe("");
    }

    [Fact]
    public async Task While_the_source_cannot_be_read_the_last_rate_counts_and_the_fault_is_known()
    {
        Write((-1, 100), (0, 110));
        var rates = (await OpenAsync())!;
        await TakeAsync(rates, 1);
        System.IO.File.WriteAllText(File, "time,EURJPY\n2022-01-03T01:00:00,-5\n");
        _clock.Advance(TimeSpan.FromMinutes(2));
        (await TakeAsync(rates, 2)).ShouldBe("");
        rates.Fault.ShouldNotBeNull().ShouldContain("-5 is no exchange rate");
        (await rates.OfAsync("JPY", "EUR", default))!.At(At(2)).ShouldBe(1 / 110.0);
        Write((-1, 100), (0, 110), (1, 120));
        _clock.Advance(TimeSpan.FromMinutes(2));
        (await TakeAsync(rates, 3)).ShouldBe("120@2");
        rates.Fault.ShouldBeNull();
    }

    [Fact]
    public async Task Pairs_of_a_stream_are_followed_with_its_bars_though_no_strategy_trades_them()
    {
        var (past, now) = (Path.Combine(_folder, "past"), Path.Combine(_folder, "now"));
        foreach (var (folder, days) in ((string, int)[])[(past, 20), (now, 30)])
        {
            Directory.CreateDirectory(folder);
            foreach (var (symbol, price) in ((string, double)[])[("7203.T", 2000), ("EURJPY", 130)])
                System.IO.File.WriteAllLines(Path.Combine(folder, symbol + ".csv"),
                    Enumerable.Range(symbol == "EURJPY" ? -24 : 0, 24 * days).Select(h => string.Create(CultureInfo.InvariantCulture,
                        $"{s_start.AddHours(h):s},{price},{price + 5},{price - 5},{Close(price, h)},9"))
                    .Prepend("time,open,high,low,close,volume"));
        }
        var text = $$"""
            { "name": "stream",
              "data": { "source": "csv:{{past}}", "symbols": ["7203.T"], "timeframe": "1h", "fx": "csv:{{past}}" },
              "account": { "currency": "EUR" },
              "strategies": [{ "class": "SmaCross", "params": { "fast": 3, "slow": 7 }, "size": { "percentOfEquity": 50 } }],
              "portfolio": { "weights": "equal" } }
            """;
        using var under = new SessionUnderTest();
        var streams = new CatalogueBuilder<ILiveFeedFactory>("feed");
        streams.Add("stream", new Stream(), "a test");
        var catalogues = TestCatalogues.All with { LiveFeeds = new LiveFeedCatalogue(streams, TestCatalogues.All.Sources) };
        var backtest = await under.RunAsync(new BatchReader(catalogues).Read("b.json", Encoding.UTF8.GetBytes(text), _folder), "b");
        var live = await LiveSession.RunAsync(new LiveRequest
        {
            Production = Path.Combine(backtest.Folder, "prod.json"),
            Feed = Address.Parse($"stream:{now}"),
            Out = Path.Combine(_folder, "live"),
            State = Path.Combine(_folder, "state"),
            IgnoresChecks = true,
        }, catalogues, TimeProvider.System);
        var whole = await under.RunAsync(new BatchReader(catalogues).Read("b.json",
            Encoding.UTF8.GetBytes(text.Replace(past, now, StringComparison.Ordinal)), _folder), "whole");
        live.Run.Model.Digest.ShouldBe(whole.Model.Digest);
        whole.Model.Digest.ShouldNotBe(backtest.Model.Digest);
    }

    private static double Close(double price, int hour) => Math.Round(price + 4 * Math.Sin(hour / 9.0), 3);

    // Bars of a folder, as if they came now.
    private sealed class Stream : ILiveFeedFactory
    {
        public async Task<ILiveFeed> OpenAsync(LiveFeedRequest request, CancellationToken cancellationToken = default) =>
            await BarReplay.OpenAsync(TestCatalogues.All.Sources.Open(Address.Parse("csv:" + request.Address["stream:".Length..])),
                request.Markets, ReplaySpeed.AsFastAsPossible, request.Clock, cancellationToken: cancellationToken);
    }
}
