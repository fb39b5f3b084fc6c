using Granary.Engine.Brokerage;
using Granary.Engine.Market;
using Granary.Engine.Trading;
using Granary.Simulation.Batches;
using Granary.Testing;
using Granary.Trading.Live;

namespace Granary.Trading.Tests.Live;

/// <summary>A venue that answers an exit with "filled" and lists its fills some bars later, as exchanges do.</summary>
public sealed class LateFillsTests : IDisposable
{
    private const int BarsLate = 3;

    private readonly SessionUnderTest _under = new();

    public void Dispose() => _under.Dispose();

    [Fact]
    public async Task An_exit_that_is_filled_by_its_answer_is_sent_once_although_its_fills_come_bars_later()
    {
        var backtest = await _under.BacktestAsync("""
            { "class": "SmaCross", "params": { "fast": 5, "slow": [20, 30] }, "size": { "percentOfEquity": 20 } }
            """);
        var production = new ProductionReader(TestCatalogues.All).Read(Path.Combine(backtest.Folder, "prod.json"));
        LateFillsBroker? venue = null;
        var end = await SessionUnderTest.TradeAsync(production, Path.Combine(_under.Folder, "state"), new PaperSettings(),
            parts: new SessionParts { BrokerOf = broker => venue = new LateFillsBroker(broker) },
            options: new LiveOptions { Account = "test", ReconcileEvery = TimeSpan.FromHours(1) });

        venue!.Late.ShouldBeGreaterThan(20);
        var exits = end.Host.Ledger.TrackedOrders.Where(o => o.Order.Closes is not null).ToList();
        exits.Count.ShouldBeGreaterThan(20);
        exits.Select(o => o.Order.Closes).ShouldBeUnique();
        // The fills are booked when they come, and close the trades.
        exits.Count(o => o.AwaitsFills).ShouldBeLessThanOrEqualTo(4, "the last ones are still to come");
        end.Host.Ledger.Trades.Values.Count(t => t.Open > 0 && exits.Exists(o => o.Order.Closes == t.Entry && !o.AwaitsFills)).ShouldBe(0);
        end.Venue.Where(e => e.Fill is not null).GroupBy(e => (e.Fill!.ClientId, e.Fill.Leg)).ShouldAllBe(g => g.Count() == 1);
    }

    private sealed class LateFillsBroker(IBroker inner) : IBroker, IMarketListener
    {
        private readonly Dictionary<long, int> _seen = [];
        private readonly HashSet<string> _exits = new(StringComparer.Ordinal);
        private int _bars;

        /// <summary>Events that came later than they were there.</summary>
        public int Late { get; private set; }

        public string Name => inner.Name;

        public ValueTask OnBarsAsync(long closeTime, IReadOnlyList<ClosedBar> bars, CancellationToken cancellationToken = default)
        {
            _bars++;
            return ((IMarketListener)inner).OnBarsAsync(closeTime, bars, cancellationToken);
        }

        public async ValueTask<BrokerOrderStatus> SubmitAsync(BrokerOrder order, CancellationToken cancellationToken = default)
        {
            var status = await inner.SubmitAsync(order, cancellationToken);
            if (order.Closes is null) return status;
            _exits.Add(order.ClientId);
            return status with { State = OrderState.Filled, Filled = order.Quantity };
        }

        public async ValueTask<IReadOnlyList<BrokerEvent>> PollAsync(long after, CancellationToken cancellationToken = default)
        {
            var events = await inner.PollAsync(after, cancellationToken);
            return [.. events.TakeWhile(IsThere)];
        }

        private bool IsThere(BrokerEvent e)
        {
            if (!_exits.Contains(e.Status.ClientId)) return true;
            if (!_seen.TryAdd(e.Sequence, _bars)) return _bars >= _seen[e.Sequence] + BarsLate;
            Late++;
            return false;
        }

        public ValueTask<BrokerOrderStatus?> CancelAsync(string clientId, CancellationToken cancellationToken = default) =>
            inner.CancelAsync(clientId, cancellationToken);

        public ValueTask<BrokerOrderStatus?> ProtectAsync(string clientId, double stopPrice, double targetPrice,
            CancellationToken cancellationToken = default) =>
                inner.ProtectAsync(clientId, stopPrice, targetPrice, cancellationToken);

        public ValueTask<BrokerOrderStatus?> MoveStopAsync(string clientId, double stopPrice,
            CancellationToken cancellationToken = default) => inner.MoveStopAsync(clientId, stopPrice, cancellationToken);

        public ValueTask<BrokerOrderStatus?> FindAsync(string clientId, CancellationToken cancellationToken = default) =>
            inner.FindAsync(clientId, cancellationToken);

        public ValueTask<BrokerSnapshot> SnapshotAsync(CancellationToken cancellationToken = default) =>
            inner.SnapshotAsync(cancellationToken);

        public ValueTask DisposeAsync() => inner.DisposeAsync();
    }
}
