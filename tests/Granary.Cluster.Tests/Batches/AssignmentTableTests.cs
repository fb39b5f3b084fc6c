using System.Collections.Frozen;
using System.Diagnostics;
using System.Net;
using Granary.Cluster.Batches;
using Granary.Cluster.Compute;
using Granary.Cluster.Grains.Batches;
using Orleans.Runtime;

namespace Granary.Cluster.Tests.Batches;

/// <summary>Strategy groups that fail on a silo that goes on.</summary>
public sealed class AssignmentTableTests
{
    private static readonly SiloAddress s_silo = SiloAddress.New(new IPEndPoint(IPAddress.Loopback, 11111), 1);
    private static readonly FrozenDictionary<SiloAddress, int> s_open =
        new Dictionary<SiloAddress, int> { [s_silo] = 1 }.ToFrozenDictionary();

    private readonly AssignmentTable _table = new(new PassWork(new PassKey("e"), Guid.NewGuid(),
        [new FeedWork(0, ["ACME"], "1h", ["hash"], 1000, [0, 1, 2])], 3, true, false, ["ACME"], []), 1);

    // Seconds of the polls' clock.
    private static long At(double seconds) => (long)(seconds * Stopwatch.Frequency);

    private string? Report(GroupWork work, double at, GroupState state, bool mayPass)
    {
        _table.Started(work.Id, At(at));
        _table.Seen(s_silo, [new GroupStatus(work.Id, work.Pass, work.Feed, state, work.Strategies, 0, 0,
            state == GroupState.Failed ? "TimeoutException: the store did not answer." : null, mayPass, 0)], At(at), out _, out var fault);
        return fault;
    }

    [Fact]
    public void A_group_that_always_fails_is_tried_a_limited_number_of_times_with_growing_pauses_and_then_its_fault_is_the_batchs()
    {
        var (starts, fault) = (new List<double>(), (string?)null);
        for (var at = 1.0; fault is null && at < 1000; at += 0.25)
            foreach (var (_, work) in _table.Assign("run", s_open, At(at)))
            {
                starts.Add(at);
                work.Strategies.ShouldBe([0, 1, 2]);
                fault ??= Report(work, at, GroupState.Failed, mayPass: true);
            }
        fault.ShouldBe("TimeoutException: the store did not answer; strategies of the batch failed with it 10 times in a row, so the batch "
            + "ended");
        starts.Count.ShouldBe(10);
        var pauses = starts.Zip(starts.Skip(1), (a, b) => b - a).ToList();
        pauses.ShouldBeInOrder();
        pauses[0].ShouldBe(0.25, "the first failure may be that of the silo: the next look assigns it again");
        starts[^1].ShouldBeInRange(30, 90, "a fault that passes within half a minute does not end the batch");
        _table.IsEmpty.ShouldBeTrue();
    }

    [Fact]
    public void A_group_that_fails_nine_times_and_then_ends_is_done()
    {
        var at = 1.0;
        for (var failures = 0; failures < 9; at += 0.25)
            foreach (var (_, work) in _table.Assign("run", s_open, At(at)))
            {
                Report(work, at, GroupState.Failed, mayPass: true).ShouldBeNull();
                failures++;
            }
        _table.Assign("run", s_open, At(at + 1000)).ShouldHaveSingleItem().Work.ShouldSatisfyAllConditions(
            work => Report(work, at + 1000, GroupState.Done, mayPass: true).ShouldBeNull(),
            _ => _table.Done.ShouldBe(3));
    }

    [Fact]
    public void A_fault_that_does_not_pass_ends_the_batch_at_once() =>
        Report(_table.Assign("run", s_open, At(1)).ShouldHaveSingleItem().Work, 1, GroupState.Failed, mayPass: false)
            .ShouldBe("TimeoutException: the store did not answer.");
}
