using System.Threading.Channels;
using Granary.Engine.Market.Feeds;

namespace Granary.Exchanges.Feeds;

/// <summary>
/// Items of a feed between the task that receives them and their reader, in order. At the bound it leaves items out until the reader has
/// taken half of them, so that a slow reader finds one gap and not many.
/// </summary>
/// <param name="bound">The most items that wait.</param>
internal sealed class FeedBuffer(int bound)
{
    private readonly Channel<FeedItem> _items = Channel.CreateUnbounded<FeedItem>();
    private long _left;
    private volatile bool _isFull;

    public int Bound => bound;

    /// <summary>Whether items are left out now. Any thread may read it.</summary>
    public bool IsFull => _isFull;

    /// <summary>The number of bars that were left out. Any thread may read it.</summary>
    public long BarsLeftOut => Interlocked.Read(ref _left);

    /// <summary>Adds an item, or leaves it out. One task calls it.</summary>
    public void Add(in FeedItem item)
    {
        _isFull = _items.Reader.Count > (_isFull ? bound / 2 : bound - 1);
        if (!_isFull) _items.Writer.TryWrite(item);
        else if (item.Bars is { } bars) Interlocked.Add(ref _left, bars.Count);
    }

    /// <summary>Ends the items.</summary>
    /// <param name="fault">Thrown to the reader after the last item.</param>
    public void End(Exception fault) => _items.Writer.TryComplete(fault);

    /// <summary>Returns the items as they come, until the fault that ends them.</summary>
    public IAsyncEnumerable<FeedItem> ReadAsync(CancellationToken cancellationToken) => _items.Reader.ReadAllAsync(cancellationToken);
}
