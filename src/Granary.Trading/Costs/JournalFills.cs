using Granary.Backtesting.Costs;
using Granary.Data.Journals;
using Granary.Engine;
using Granary.Engine.Brokerage;
using Granary.Engine.Market;
using Granary.Engine.Trading;
using Granary.Trading.Live;

namespace Granary.Trading.Costs;

/// <summary>Reads the fills of a live account from its journal, also while its session runs.</summary>
public sealed class JournalFills
{
    private readonly string _account;
    private readonly Timeframe? _timeframe;
    private readonly FillSet _into;
    private readonly Dictionary<string, BrokerOrder> _orders = new(StringComparer.Ordinal);
    private readonly Dictionary<string, SortedDictionary<Timeframe, SortedDictionary<long, Bar>>> _bars = new(StringComparer.Ordinal);
    private readonly List<(BrokerFill Fill, string Venue)> _fills = [];
    private readonly HashSet<string> _seen = new(StringComparer.Ordinal);
    private string _venue = "";

    private JournalFills(string account, Timeframe? timeframe, FillSet into) => (_account, _timeframe, _into) = (account, timeframe, into);

    /// <summary>Reads journals into a set.</summary>
    /// <param name="state">A folder, or postgres://…?account=NAME.</param>
    /// <param name="timeframe">The bars to measure by; null takes the shortest of each symbol.</param>
    /// <exception cref="InputException">The journal cannot be read; one sentence.</exception>
    public static async Task ReadAsync(string state, Timeframe? timeframe, FillSet into, TimeProvider clock,
        CancellationToken cancellationToken = default)
    {
        try
        {
            var query = new JournalQuery
            {
                Without = JournalKinds.AllBut(nameof(SessionStarted), nameof(BarsTaken), nameof(OrderIntended), nameof(VenueReported)),
            };
            foreach (var (account, entries) in await new AccountReader([state], clock).EntriesAsync(query, cancellationToken)
                .ConfigureAwait(false))
            {
                var reader = new JournalFills(account, timeframe, into);
                foreach (var entry in entries) reader.Take(JournalCodec.Decode(entry));
                reader.Finish();
            }
        }
        catch (JournalException e)
        {
            throw new InputException(e.Message, e);
        }
    }

    private void Take(JournalEvent e)
    {
        switch (e)
        {
            case SessionStarted started:
                // The name of the broker, without its account.
                _venue = started.Broker.Split(':', '?')[0].ToLowerInvariant();
                break;
            case BarsTaken taken:
                foreach (var closed in taken.Bars) Add(closed);
                break;
            case OrderIntended intended:
                _orders[intended.Order.ClientId] = intended.Order;
                break;
            // The venue reports a fill at least once; a repeated one is the same.
            case VenueReported { Event.Fill: { } fill } when _seen.Add($"{fill.ClientId}\n{fill.ExecutionId}"):
                _fills.Add((fill, _venue));
                break;
        }
    }

    private void Add(in ClosedBar closed)
    {
        if (!_bars.TryGetValue(closed.Symbol, out var own))
            _bars[closed.Symbol] = own = new(Comparer<Timeframe>.Create((a, b) => a.Ticks.CompareTo(b.Ticks)));
        if (!own.TryGetValue(closed.Timeframe, out var bars)) own[closed.Timeframe] = bars = [];
        bars[closed.Bar.Time] = closed.Bar;
    }

    private void Finish()
    {
        var sorted = new Dictionary<string, (Timeframe Timeframe, IReadOnlyList<Bar> Bars)>(StringComparer.Ordinal);
        foreach (var (symbol, own) in _bars)
        {
            if (_timeframe is { } asked && !own.ContainsKey(asked)) continue;
            var timeframe = _timeframe ?? own.Keys.First();
            sorted[symbol] = (timeframe, [.. own[timeframe].Values]);
        }
        foreach (var (fill, venue) in _fills) Measure(fill, venue, sorted);
    }

    private void Measure(BrokerFill fill, string venue, Dictionary<string, (Timeframe Timeframe, IReadOnlyList<Bar> Bars)> bars)
    {
        if (!_into.IsNew($"{_account}\n{fill.ClientId}\n{fill.ExecutionId}")) return;
        if (fill.Leg.Length > 0) _into.Leave("stops and targets");
        else if (!_orders.TryGetValue(fill.ClientId, out var order)) _into.Leave("without their order in the journal");
        else if (order.Type != OrderType.Market) _into.Leave(order.Type is OrderType.Limit ? "limit orders" : "stops and targets");
        else if (!bars.TryGetValue(fill.Symbol, out var own)) _into.Leave("outside of the bars");
        else
        {
            // The bar of a running session's last fills has not closed yet.
            _into.Add(new MeasuredFill(fill.At, fill.Symbol, fill.Side, fill.Quantity, fill.Price, venue)
            {
                Place = $"{_account}, order {fill.ClientId}",
                Fee = fill.Fee,
                DecidedAt = order.CreatedAt,
            }, own.Bars, own.Timeframe);
        }
    }
}
