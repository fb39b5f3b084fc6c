using System.Collections.Frozen;
using System.Diagnostics;
using System.Net;
using Granary.Cluster.Batches;
using Granary.Cluster.Compute;
using Granary.Cluster.Grains;
using Granary.Cluster.Grains.Batches;
using Orleans.Runtime;

namespace Granary.Cluster.Tests.Batches;

/// <summary>Strategy groups that fail, and that are lost with a silo.</summary>
public sealed class AssignmentTableTests
{
    private static readonly SiloAddress s_silo = SiloAddress.New(new IPEndPoint(IPAddress.Loopback, 11111), 1);
    private static readonly FrozenDictionary<SiloAddress, int> s_open =
        new Dictionary<SiloAddress, int> { [s_silo] = 1 }.ToFrozenDictionary();

    private static readonly Guid s_token = Guid.NewGuid();

    private readonly AssignmentTable _table = new(Remaining("e", 0, 1, 2), 1, TimeProvider.System, new GrainIds());

    // The work of a pass without the strategies whose outcomes are stored.
    private static PassWork Remaining(string key, params int[] strategies) => new(new PassKey(key), s_token,
        [new FeedWork(0, ["ACME"], "1h", ["hash"], 1000, strategies)], 3, true, false, ["ACME"], []);

    // Seconds of the polls' clock.
    private static long At(double seconds) => (long)(seconds * Stopwatch.Frequency);

    private string? Report(GroupWork work, double at, GroupState state, bool mayPass, bool isLeaving = false)
    {
        _table.Started(work.Id, At(at));
        _table.Seen(s_silo, new ComputeStatus(1, isLeaving, [new GroupStatus(work.Id, work.Pass, work.Feed, state, work.Strategies, 0, 0,
            state == GroupState.Failed ? "TimeoutException: the store did not answer." : null, mayPass, 0)]), At(at), out var fault);
        return fault;
    }

    private GroupWork Started(double at)
    {
        var work = _table.Assign("run", s_open, At(at)).ShouldHaveSingleItem().Work;
        _table.Started(work.Id, At(at));
        return work;
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
                _table.Resume(Remaining("e", 0, 1, 2)).ShouldBe(0, "its silo is not lost");
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
    public void Silos_that_end_one_after_another_with_a_pass_are_counted_until_one_of_its_strategies_has_finished()
    {
        for (var loss = 1; loss <= 4; loss++)
        {
            foreach (var work in _table.Assign("run", s_open, At(loss))) _table.Started(work.Work.Id, At(loss));
            _table.Lost(s_silo, dead: true).ShouldBeGreaterThan(0);
            _table.Deaths.ShouldBe(loss);
            _table.Resume(Remaining("e", 0, 1, 2));
        }
        var given = _table.Assign("run", s_open, At(5));
        foreach (var work in given) _table.Started(work.Work.Id, At(5));
        _table.Lost(s_silo, dead: false);
        _table.Deaths.ShouldBe(4, "a silo that only does not answer has not ended");
        _table.Resume(Remaining("e", [.. new[] { 0, 1, 2 }.Except(given[0].Work.Strategies)]));
        foreach (var work in _table.Assign("run", s_open, At(6))) _table.Started(work.Work.Id, At(6));
        _table.Lost(s_silo, dead: true);
        _table.Deaths.ShouldBe(1, "a strategy has finished");
    }

    [Fact]
    public void Groups_that_a_stopping_silo_did_not_finish_are_left_and_are_lost_for_the_next_activation()
    {
        var work = Started(1);
        GroupStatus Status(GroupState state) => new(work.Id, work.Pass, work.Feed, state, work.Strategies, 0, 0, null, true, 0);
        int LostIn(GroupState state, bool isLeaving) => new AssignmentTable(Remaining("e", 2), 1, TimeProvider.System, new GrainIds())
            .Adopt(s_silo, new ComputeStatus(1, isLeaving, [Status(state)]));

        _table.LeftOf(s_silo, [Status(GroupState.Running)]).ShouldBe(1);
        _table.LeftOf(s_silo, [Status(GroupState.Failed)]).ShouldBe(1);
        _table.LeftOf(s_silo, [Status(GroupState.Done)]).ShouldBe(0);
        LostIn(GroupState.Failed, isLeaving: true).ShouldBe(1);
        LostIn(GroupState.Failed, isLeaving: false).ShouldBe(0, "the silo remains");
        LostIn(GroupState.Running, isLeaving: true).ShouldBe(0, "it still runs there");
        _table.Lost(s_silo, dead: true);
        _table.LeftOf(s_silo, []).ShouldBe(1, "it has not begun again");
        _table.Resume(Remaining("e", 0, 1, 2));
        _table.LeftOf(s_silo, []).ShouldBe(0);
    }

    private static AssignmentTable TableOf(int silos, int feeds, int strategies) => new(new PassWork(new PassKey("r"), s_token,
        [.. Enumerable.Range(0, feeds).Select(f => new FeedWork(f, ["ACME"], "1h", ["hash"], 1000,
            [.. Enumerable.Range(f * strategies, strategies)]))], feeds * strategies, false, false, [], []), silos, TimeProvider.System,
        new GrainIds());

    // Four groups for each silo balance the load; each further one opens its feed on one more silo.
    [Theory]
    [InlineData(2, 1, 10_000, 2)]
    [InlineData(4, 3, 1_000, 12)]
    [InlineData(4, 4, 1_000, 16)]
    [InlineData(4, 10, 1_000, 20)]
    [InlineData(4, 16, 1_000, 16)]
    [InlineData(4, 100, 1_000, 100)]
    [InlineData(200, 100, 10_000, 800)]
    [InlineData(200, 100, 60, 200)]
    [InlineData(2, 100, 20_000, 200)]
    public void Feeds_are_cut_into_about_four_groups_for_each_silo(int silos, int feeds, int strategies, int groups) =>
        TableOf(silos, feeds, strategies).Waiting.ShouldBe(groups);

    [Fact]
    public void Waiting_groups_go_to_the_silos_with_the_least_work_for_each_thread()
    {
        SiloAddress[] silos = [.. Enumerable.Range(1, 3).Select(i => SiloAddress.New(new IPEndPoint(IPAddress.Loopback, 11110 + i), 1))];
        var open = silos.Select((s, i) => (s, i)).ToDictionary(s => s.s, s => s.i == 2 ? 4 : 1);
        var table = TableOf(3, 20, 100);
        var assigned = table.Assign("run", open, At(1));
        // A group more than a silo has threads: two each on the silos with one, five on that with four.
        assigned.GroupBy(a => a.Silo).Select(g => g.Count()).Order().ShouldBe([2, 2, 5]);
        assigned.Take(3).Select(a => a.Silo).ShouldBe(silos);
        table.Assign("run", open, At(2)).ShouldBeEmpty();
        table.Waiting.ShouldBe(11);
    }

    [Fact]
    public void A_group_that_fails_nine_times_and_then_ends_is_done()
    {
        var at = 1.0;
        for (var failures = 0; failures < 9; at += 0.25)
            foreach (var (_, work) in _table.Assign("run", s_open, At(at)))
            {
                Report(work, at, GroupState.Failed, mayPass: true).ShouldBeNull();
                _table.Resume(Remaining("e", 0, 1, 2));
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

    [Fact]
    public void A_lost_group_whose_outcomes_are_stored_is_done_and_does_not_begin_again()
    {
        Started(1);
        _table.Lost(s_silo, dead: true).ShouldBe(1);
        _table.Assign("run", s_open, At(2)).ShouldBeEmpty("what is stored is not known yet");
        _table.IsEmpty.ShouldBeFalse();
        _table.Resume(Remaining("e")).ShouldBe(0);
        (_table.IsEmpty, _table.Done, _table.Evaluations).ShouldBe((true, 3, 3000));
    }

    [Fact]
    public void Of_a_lost_group_only_the_strategies_without_a_stored_outcome_begin_again_and_it_counts_once()
    {
        Started(1);
        _table.Lost(s_silo, dead: true);
        _table.Resume(Remaining("e", 1)).ShouldBe(1);
        _table.Resume(Remaining("e", 1)).ShouldBe(0);
        Started(2).Strategies.ShouldBe([1]);
        _table.Done.ShouldBe(2);
    }

    [Fact]
    public void Of_a_group_that_failed_only_the_strategies_without_a_stored_outcome_begin_again()
    {
        Report(Started(1), 1, GroupState.Failed, mayPass: true).ShouldBeNull();
        _table.Resume(Remaining("e", 0, 2)).ShouldBe(0, "its silo is not lost");
        Started(2).Strategies.ShouldBe([0, 2]);
    }

    [Fact]
    public void A_group_that_a_leaving_silo_did_not_finish_counts_as_lost_when_it_begins_again()
    {
        Report(Started(1), 1, GroupState.Failed, mayPass: true, isLeaving: true).ShouldBeNull();
        _table.Groups.ShouldHaveSingleItem().ShouldBe(KeyValuePair.Create(s_silo, 1), "the next activation counts it");
        _table.Resume(Remaining("e", 0, 1, 2)).ShouldBe(1);
        _table.Groups.ShouldBeEmpty();
    }

    [Fact]
    public void A_group_whose_order_got_no_answer_does_not_begin_again_when_it_has_reported_meanwhile()
    {
        _table.NotStarted(Started(1).Id);
        _table.Resume(Remaining("e")).ShouldBe(0);
        (_table.IsEmpty, _table.Done).ShouldBe((true, 3));
    }

    [Fact]
    public void A_group_that_was_lost_before_its_pass_ended_does_not_begin_again_in_the_next_pass()
    {
        Started(1);
        _table.Lost(s_silo, dead: true);
        _table.Resume(Remaining("ef", 0, 1, 2)).ShouldBe(0);
        _table.IsEmpty.ShouldBeTrue();
    }
}
