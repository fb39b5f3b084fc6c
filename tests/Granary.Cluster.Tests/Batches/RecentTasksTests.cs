using Granary.Cluster.Grains.Plans;

namespace Granary.Cluster.Tests.Batches;

/// <summary>What a silo reads once for all strategy groups of a run.</summary>
public sealed class RecentTasksTests
{
    private readonly RecentTasks<int> _recent = new(2);
    private int _made;

    private Task<int> Make() => Task.FromResult(Interlocked.Increment(ref _made));

    [Fact]
    public async Task A_result_is_made_once_for_all_callers_until_it_is_forgotten()
    {
        (await _recent.GetOrMake("a", Make)).ShouldBe(1);
        (await _recent.GetOrMake("a", Make)).ShouldBe(1);
        _recent.Forget("a");
        (await _recent.GetOrMake("a", Make)).ShouldBe(2);
    }

    [Fact]
    public async Task The_result_that_was_used_longest_ago_is_dropped()
    {
        foreach (var run in new[] { "a", "b", "a", "c" }) await _recent.GetOrMake(run, Make);
        (await _recent.GetOrMake("a", Make)).ShouldBe(1);
        (await _recent.GetOrMake("b", Make)).ShouldBe(4);
    }

    [Fact]
    public async Task A_fault_is_not_kept()
    {
        await Should.ThrowAsync<InvalidOperationException>(
            _recent.GetOrMake("a", () => Task.FromException<int>(new InvalidOperationException("the silo is lost"))));
        (await _recent.GetOrMake("a", Make)).ShouldBe(1);
    }
}
