using Granary.Cluster.Grains.Batches;
using Granary.Testing;

namespace Granary.Cluster.Tests.Batches;

public sealed class OpenItemsTests
{
    private readonly ManualClock _clock = new();

    private OpenItems Open(int count) => new(count, TimeSpan.FromSeconds(20), _clock);

    [Fact]
    public void Each_item_is_taken_once_and_the_end_comes_with_the_last_result()
    {
        var open = Open(3);
        int?[] taken = [open.Take(), open.Take(), open.Take(), open.Take()];
        taken.ShouldBe([0, 1, 2, null]);
        open.HasWaiting.ShouldBeFalse();
        foreach (var place in new[] { 2, 0, 1 })
        {
            open.Done.IsCompleted.ShouldBeFalse();
            open.IsFirst(place).ShouldBeTrue();
            open.Finish();
            open.Return(place);
        }
        open.Done.IsCompleted.ShouldBeTrue();
        open.Take().ShouldBeNull();
    }

    [Fact]
    public void An_item_that_was_lost_waits_again()
    {
        var open = Open(1);
        open.Take().ShouldBe(0);
        open.Return(0);
        open.HasWaiting.ShouldBeTrue();
        open.Take().ShouldBe(0);
    }

    [Fact]
    public void An_item_that_takes_too_long_is_made_a_second_time_and_the_first_result_counts()
    {
        var open = Open(1);
        open.Take().ShouldBe(0);
        _clock.Advance(TimeSpan.FromSeconds(19));
        open.Take().ShouldBeNull();
        _clock.Advance(TimeSpan.FromSeconds(2));
        open.HasWaiting.ShouldBeTrue();
        open.Take().ShouldBe(0);
        open.Take().ShouldBeNull("the second attempt has just begun");

        open.IsFirst(0).ShouldBeTrue();
        open.Finish();
        open.Return(0);
        open.IsFirst(0).ShouldBeFalse();
        open.Return(0);
        open.HasWaiting.ShouldBeFalse();
        open.Done.IsCompleted.ShouldBeTrue();
    }
}
