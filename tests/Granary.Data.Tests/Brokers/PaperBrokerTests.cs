using Granary.Data.Brokers;
using Granary.Data.Journals;
using Granary.Engine.Brokerage;
using Granary.Engine.Market;
using Granary.Engine.Trading;
using Granary.Testing.Brokers;

namespace Granary.Data.Tests.Brokers;

public sealed class PaperBrokerTests : BrokerContractTests
{
    private readonly string _folder = Directory.CreateTempSubdirectory("granary-paper-").FullName;
    private long _time = new DateTime(2026, 1, 5).Ticks;

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    protected override Task<IBroker> OpenAsync(VenueBehaviour behaviour) =>
        BrokerCatalogue.Of(typeof(PaperBroker).Assembly).Create("paper", BrokerOptionText.Parse(behaviour switch
        {
            VenueBehaviour.FillsInParts => "partial=1",
            VenueBehaviour.LosesAnswers => "timeout=0.5",
            _ => null,
        })).ConnectAsync(new BrokerEnvironment
        {
            Account = "test",
            Cash = 100_000,
            Execution = new ExecutionSettings { Fee = new PercentFee(0.1), Slippage = new PercentSlippage(0.02) },
            Instruments = new Dictionary<string, Instrument> { [Symbol] = new() { Symbol = Symbol } },
            OpenJournalAsync = _ => Task.FromResult<IJournal>(FileJournal.Open(_folder, TimeProvider.System, flush: false)),
            Clock = TimeProvider.System,
        });

    protected override async Task TradeAsync(double from, double to)
    {
        var bar = new Bar(_time, from, Math.Max(from, to), Math.Min(from, to), to, 1000);
        _time += TimeSpan.TicksPerHour;
        await ((IMarketListener)Broker).OnBarsAsync(_time, [new ClosedBar(Symbol, bar, Timeframe.H1)]);
    }

    [Fact]
    public async Task After_a_restart_the_trailing_stop_is_where_it_was()
    {
        await StartAsync();
        var order = new BrokerOrder
        {
            ClientId = "g1-e",
            Symbol = Symbol,
            Side = Side.Buy,
            Type = OrderType.Market,
            Quantity = 2,
            Protection = new Protection(90, 0, 0, 0, 0.05, false),
        };
        await Broker.SubmitAsync(order);
        await TradeAsync(100, 108);
        var known = (await Broker.PollAsync(0))[^1].Sequence;
        await StartAsync();
        await TradeAsync(108, 101);
        (await Broker.PollAsync(known)).Single().Fill!.Leg.ShouldBe("trail");
    }

    [Fact]
    public async Task A_journal_whose_bars_were_filled_by_other_rules_is_refused()
    {
        await using (var journal = FileJournal.Open(_folder, TimeProvider.System, flush: false))
            await journal.AppendAsync([new JournalEntry(1, DateTimeOffset.UnixEpoch, "bars", "", "",
                """{ "CloseTime": 1, "Items": [] }"""u8.ToArray())]);
        (await Should.ThrowAsync<JournalException>(StartAsync())).Message.ShouldStartWith(
            "entry 1 of the paper broker's journal follows the rules of another version of Granary");
        Directory.GetFiles(_folder).ShouldNotBeEmpty("it is left as it was");
    }
}
