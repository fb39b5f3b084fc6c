namespace Granary.Engine.Trading.Book;

/// <summary>The call-backs that a strategy is still to receive: orders that changed their state, and trades that ended.</summary>
internal sealed class StrategyNotices(ITradeListener listener)
{
    private readonly List<Notice> _waiting = [];

    private readonly record struct Notice(bool IsTrade, Order Order, Trade Trade);

    public bool Any => _waiting.Count > 0;

    public void Add(in Order order) => _waiting.Add(new Notice(false, order, default));

    public void Add(in Trade trade) => _waiting.Add(new Notice(true, default, trade));

    /// <summary>Makes all call-backs in order; those that follow from the strategy's answers too.</summary>
    /// <exception cref="InvalidOperationException">It answers its own order events without end.</exception>
    public void Deliver()
    {
        for (var i = 0; i < _waiting.Count; i++)
        {
            var notice = _waiting[i];
            if (notice.IsTrade) listener.OnTrade(notice.Trade);
            else listener.OnOrder(notice.Order);
            if (i > 10_000) throw new InvalidOperationException("the strategy answers its own order events without end");
        }
        _waiting.Clear();
    }
}
