using System.Runtime.CompilerServices;

namespace Granary.Engine.Trading.Book;

// The end of a symbol: its positions are closed at its last price.
internal sealed partial class StrategyBook
{
    /// <summary>Closes every open trade of a shared account at its symbol's last close, since the symbol has stopped trading.</summary>
    public void CloseEnded(int index)
    {
        if (_trades.Count == 0) return;
        CloseAll(LastPrice, LastBar(index), index, ExitReason.DataEnded);
        Refresh();
    }

    // The bars of a delisted symbol end at the price of the delisting. What the bar traded before that has no known order.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void CloseDelisted(int index)
    {
        if (_trades.Count == 0 && _orders.Count == 0) return;
        _events.IsAtOpen = false;
        CloseAll(_block.CloseColumn[index], _block[index], index, ExitReason.Delisted);
        Refresh();
    }
}
