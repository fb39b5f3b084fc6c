using Granary.Data.Brokers;
using Granary.Data.Journals;
using Granary.Engine.Brokerage;
using Granary.Engine.Market;
using Granary.Engine.Trading;
using Granary.Trading.Live;

namespace Granary.Trading.Tests.Live;

/// <summary>The comparison of books and venue, with a connection that breaks and fills that come at a bad time.</summary>
public sealed class ReconciliationTests : IAsyncLifetime
{
    private const string Symbol = "BTCUSDT";

    private readonly string _folder = Directory.CreateTempSubdirectory("granary-reconcile-").FullName;
    private readonly AccountLedger _ledger = new(100_000, _ => 1);
    private AccountJournal _journal = null!;
    private IBroker _paper = null!;
    private Action<string> _before = _ => { };
    private OrderManager _manager = null!;
    private long _time = new DateTime(2026, 1, 5).Ticks;

    public async ValueTask InitializeAsync()
    {
        _journal = new AccountJournal(FileJournal.Open(_folder, TimeProvider.System, flush: false), TimeProvider.System);
        _paper = await PaperBroker.OpenAsync(new PaperSettings(), new ExecutionSettings(),
            new Dictionary<string, Instrument> { [Symbol] = new() { Symbol = Symbol } },
            FileJournal.Open(_folder, TimeProvider.System, name: "venue.grj", flush: false), TimeProvider.System);
        _manager = new OrderManager(new InterceptedBroker(_paper, call => _before(call)), _journal, _ledger, "gtag");
    }

    public async ValueTask DisposeAsync()
    {
        await _paper.DisposeAsync();
        await _journal.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private static BrokerOrder Order(string id, double limit = 0) => new()
    {
        ClientId = id,
        Symbol = Symbol,
        Side = Side.Buy,
        Type = limit > 0 ? OrderType.Limit : OrderType.Market,
        Quantity = 2,
        LimitPrice = limit,
    };

    private ValueTask SendAsync(BrokerOrder order) =>
        _manager.SendAsync(1, [], [new OrderIntended(1, order, OrderRole.Entry, 1, ExitReason.Open) { Strategy = "S", Symbol = Symbol }],
            CancellationToken.None);

    private ValueTask<IReadOnlyList<string>> ReconcileAsync() => _manager.ReconcileAsync(_time, CancellationToken.None);

    private async Task TradeAsync()
    {
        _time += TimeSpan.TicksPerHour;
        var bar = new Bar(_time - TimeSpan.TicksPerHour, 100, 101, 99, 100, 1000);
        await ((IMarketListener)_paper).OnBarsAsync(_time, [new ClosedBar(Symbol, bar, Timeframe.H1)]);
    }

    private static BrokerUnavailableException Away => new("the venue does not answer");

    [Theory]
    [InlineData(nameof(IBroker.PollAsync))]
    [InlineData(nameof(IBroker.SnapshotAsync))]
    [InlineData(nameof(IBroker.CancelAsync))]
    [InlineData(nameof(IBroker.FindAsync))]
    public async Task A_connection_lost_while_books_are_compared_is_a_fault_and_the_next_comparison_finds_the_differences(string lost)
    {
        // One order waits at the venue and not in the books, the other in the books and not at the venue.
        await _paper.SubmitAsync(Order("gtag-7-7-e", limit: 50));
        await SendAsync(Order("gtag-0-1-e", limit: 50));
        await _paper.CancelAsync("gtag-0-1-e");
        if (lost == nameof(IBroker.FindAsync)) await ForgetTheCancellationAsync();
        _before = call =>
        {
            if (call == lost) throw Away;
        };
        await ReconcileAsync();
        _manager.Fault.ShouldBe(Away.Message);
        _before = _ => { };
        await ReconcileAsync();
        _manager.Fault.ShouldBeNull();
        _ledger.Differences.ShouldBe(1);
        (await _paper.FindAsync("gtag-7-7-e"))!.State.ShouldBe(OrderState.Cancelled);
        _ledger.Find("gtag-0-1-e")!.State.IsFinal().ShouldBeTrue();
        (await ReconcileAsync()).ShouldBeEmpty();
    }

    // The books know the event's number and not the order's state, so only the comparison can find the cancellation.
    private async Task ForgetTheCancellationAsync()
    {
        foreach (var e in await _paper.PollAsync(0)) _ledger.Report(e with { Status = e.Status with { ClientId = "another" } }, out _);
    }

    [Fact]
    public async Task A_fill_between_the_poll_and_the_snapshot_is_no_difference()
    {
        await SendAsync(Order("gtag-0-1-e"));
        var late = true;
        _before = call =>
        {
            if (call != nameof(IBroker.SnapshotAsync) || !late) return;
            late = false;
            TradeAsync().GetAwaiter().GetResult();
        };
        (await ReconcileAsync()).ShouldBeEmpty();
        late.ShouldBeFalse();
        _ledger.Blocked.ShouldBeEmpty();
        _ledger.PositionOf(Symbol).ShouldBe(2);
    }
}
