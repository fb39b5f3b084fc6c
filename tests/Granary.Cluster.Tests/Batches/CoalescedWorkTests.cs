using Granary.Cluster.Grains.Batches;

namespace Granary.Cluster.Tests.Batches;

/// <summary>Requests for the work of a batch grain's timer callback.</summary>
public sealed class CoalescedWorkTests
{
    private readonly TaskCompletionSource _end = new();
    private int _runs;

    private CoalescedWork Work() => new(() =>
    {
        _runs++;
        return _end.Task;
    });

    [Fact]
    public async Task Requests_during_a_run_make_one_more_run()
    {
        var work = Work();
        var first = work.RequestAsync();
        await work.RequestAsync();
        await work.RequestAsync();
        _runs.ShouldBe(1, "one run at a time");
        _end.SetResult();
        await first;
        _runs.ShouldBe(2);
    }

    [Fact]
    public async Task A_request_after_a_run_makes_another_one()
    {
        _end.SetResult();
        var work = Work();
        await work.RequestAsync();
        await work.RequestAsync();
        _runs.ShouldBe(2);
    }
}
