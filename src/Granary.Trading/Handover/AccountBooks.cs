using Granary.Engine.Brokerage;
using Granary.Engine.Market;
using Granary.Engine.Trading;
using Granary.Simulation.Batches;
using Granary.Trading.Live;

namespace Granary.Trading.Handover;

/// <summary>The state of an account from its journal: configuration, open trades and last bars.</summary>
internal sealed class AccountBooks
{
    // The last close by symbol, and the last rate by currency.
    private readonly Dictionary<string, double> _closes = new(StringComparer.Ordinal), _rates = new(StringComparer.Ordinal);

    private AccountBooks(IReadOnlyList<JournalEvent> events, SessionStarted started)
    {
        Started = started;
        LastSwitch = events.OfType<DeploymentSwitched>().LastOrDefault();
        Switches = events.OfType<DeploymentSwitched>().Count();
        foreach (var e in events)
        {
            Ledger.Apply(e);
            if (e is RatesTaken news)
                foreach (var rate in news.Rates) _rates[rate.Currency] = rate.Rate;
            if (e is BarsTaken taken)
            {
                Timestamp = taken.Timestamp;
                foreach (var bar in taken.Bars) _closes[bar.Symbol] = bar.Bar.Close;
            }
        }
    }

    /// <summary>The last start, with the configuration that sessions trade now.</summary>
    public SessionStarted Started { get; }

    /// <summary>The last switch; null if the account was never handed over.</summary>
    public DeploymentSwitched? LastSwitch { get; }

    public int Switches { get; }

    /// <summary>The market time reached, UTC ticks.</summary>
    public long Timestamp { get; }

    /// <summary>The account's orders and trades. Its cash starts at 0 and is not used.</summary>
    public AccountLedger Ledger { get; } = new(0, _ => 1);

    /// <summary>Returns open trades, and waiting entries without a trade.</summary>
    public IEnumerable<(TrackedOrder Entry, AccountTrade? Trade)> Open()
    {
        foreach (var trade in Ledger.ActiveTrades) yield return (Ledger.Find(trade.Entry)!, trade);
        foreach (var order in Ledger.OpenOrders)
            if (order.Order.Closes is null && !order.State.IsFinal() && Ledger.TradeOf(order.Order.ClientId) is not { Open: > 0 })
                yield return (order, null);
    }

    /// <summary>Unrealised profit of an open trade at the last close and rate, before fees, in the account's currency.</summary>
    /// <param name="data">Of the configuration that the account trades.</param>
    /// <returns>Null if the journal does not have its close, its instrument or its rate.</returns>
    public double? ProfitOf(AccountTrade trade, DataSpec data)
    {
        if (!_closes.TryGetValue(trade.Symbol, out var close)
            || Started.Instruments.FirstOrDefault(i => i.Symbol == trade.Symbol) is not { } instrument) return null;
        var rate = 1.0;
        var currency = CurrencyUnit.Of(SymbolCurrency.Of(data, instrument).Currency);
        if (data.AccountCurrency is { } account && CurrencyUnit.Of(account) != currency && !_rates.TryGetValue(currency, out rate))
            return null;
        return trade.ProfitAt(close, trade.Open) * instrument.Multiplier * rate;
    }

    /// <summary>Reads the books from a journal; null if no session has started on it.</summary>
    public static AccountBooks? Read(IReadOnlyList<JournalEvent> events) =>
        events.Aggregate((SessionStarted?)null, LiveSession.LastStart) is { } started ? new AccountBooks(events, started) : null;
}
