using Granary.Engine.Market;
using Granary.Engine.Market.Feeds;
using Granary.Exchanges.Feeds;

namespace Granary.Exchanges.Tests.Feeds;

/// <summary>Items of a feed that wait for a slow reader.</summary>
public sealed class FeedBufferTests
{
    private static FeedItem Item(int number) => number % 2 == 1 ? FeedItem.Heartbeat(number)
        : FeedItem.Of(0, BarBlock.FromBars(number, [new Bar(number, 1, 1, 1, 1, 1)]), number);

    private static async Task<List<long>> TakeAsync(IAsyncEnumerator<FeedItem> items, int count)
    {
        var taken = new List<long>();
        while (taken.Count < count && await items.MoveNextAsync()) taken.Add(items.Current.Time);
        return taken;
    }

    [Fact]
    public async Task At_the_bound_items_are_left_out_until_half_of_them_are_taken()
    {
        var buffer = new FeedBuffer(8);
        await using var items = buffer.ReadAsync(TestContext.Current.CancellationToken).GetAsyncEnumerator();
        for (var i = 0; i < 8; i++) buffer.Add(Item(i));
        (buffer.IsFull, buffer.BarsLeftOut).ShouldBe((false, 0));
        // 8, 10 and 12 are bars.
        for (var i = 8; i < 13; i++) buffer.Add(Item(i));
        (buffer.IsFull, buffer.BarsLeftOut).ShouldBe((true, 3));
        (await TakeAsync(items, 3)).ShouldBe([0, 1, 2]);
        buffer.Add(Item(14));
        (buffer.IsFull, buffer.BarsLeftOut).ShouldBe((true, 4));
        (await TakeAsync(items, 1)).ShouldBe([3]);
        buffer.Add(Item(16));
        buffer.Add(Item(17));
        buffer.IsFull.ShouldBeFalse();
        (await TakeAsync(items, 6)).ShouldBe([4, 5, 6, 7, 16, 17]);
        buffer.BarsLeftOut.ShouldBe(4);
    }

    [Fact]
    public async Task A_fault_comes_after_the_items_before_it()
    {
        var buffer = new FeedBuffer(8);
        buffer.Add(Item(0));
        buffer.End(new BarDataException("refused"));
        await using var items = buffer.ReadAsync(TestContext.Current.CancellationToken).GetAsyncEnumerator();
        (await TakeAsync(items, 1)).ShouldBe([0]);
        (await Should.ThrowAsync<BarDataException>(async () => await items.MoveNextAsync())).Message.ShouldBe("refused");
    }
}
