using System.Collections.Concurrent;

namespace Granary.Exchanges.Trading;

/// <summary>The last known price of each instrument, from the public websocket, the session's bars or a request.</summary>
internal sealed class PriceBoard
{
    private readonly ConcurrentDictionary<string, decimal> _last = new(StringComparer.Ordinal);

    /// <param name="listed">The exchange's symbol.</param>
    /// <returns>The price in quote currency; 0 if unknown.</returns>
    public decimal Last(string listed) => _last.GetValueOrDefault(listed);

    public void Put(string listed, decimal price)
    {
        if (price > 0) _last[listed] = price;
    }
}
