using Granary.Cluster.Batches;
using Granary.Cluster.Grains;
using Granary.Cluster.Grains.Batches;
using Granary.Contracts.Jobs;

namespace Granary.Cluster.Tests.Batches;

/// <summary>The progress of a batch whose strategies run again.</summary>
public sealed class PassProgressTests
{
    // Strategies without a result, of the whole pass's 100, each over 10 bars.
    private static AssignmentTable Table(string key, Guid token, int strategies) => new(new PassWork(new PassKey(key), token,
        [new FeedWork(0, ["ACME"], "1h", ["hash"], 10, [.. Enumerable.Range(0, strategies)])], strategies, true, false, ["ACME"], []), 1,
        TimeProvider.System, new GrainIds());

    private static ReportingStatus Status(Guid token, int done, int strategies, bool isRepeated) =>
        new(ReportingStage.Strategies, token, done, 0, strategies, strategies * 10, null, 1, IsRepeated: isRepeated);

    [Fact]
    public void Strategies_that_run_again_for_their_trades_leave_the_counts_and_are_named_in_the_stage()
    {
        var token = Guid.NewGuid();
        var next = new PassProgress(TimeProvider.System).After(new JobProgress(100, 100, 2, 1000, 1000, ReportingStage.Strategies),
            Status(token, 5, 30, isRepeated: true), Table("e", token, 30));
        (next.Strategies, next.Done, next.Failed).ShouldBe((100, 100, 2));
        next.Stage.ShouldBe("again for their trades: 5 of 30 strategies");
        next.BarsTotal.ShouldBe(300, "the bars are those that run again");
    }

    [Fact]
    public void All_strategies_of_a_batch_that_run_again_are_no_batch_that_is_done()
    {
        var token = Guid.NewGuid();
        var next = new PassProgress(TimeProvider.System).After(new JobProgress(100, 100, 0, 1000, 1000, ReportingStage.Strategies),
            Status(token, 0, 100, isRepeated: true), Table("e", token, 100));
        (next.Bars, next.BarsTotal, next.Stage).ShouldBe((0, 1000, "again for their trades: 0 of 100 strategies"));
    }

    [Fact]
    public void After_the_loss_of_the_reporting_silo_the_strategies_without_a_result_are_those_that_are_left()
    {
        var token = Guid.NewGuid();
        var next = new PassProgress(TimeProvider.System).After(new JobProgress(100, 55, 1, 700, 1000, ReportingStage.Strategies),
            Status(token, 10, 40, isRepeated: false), Table("e", token, 40));
        (next.Strategies, next.Done, next.Failed).ShouldBe((100, 70, 1), "60 were stored before, and 10 since");
        (next.Bars, next.BarsTotal).ShouldBe((600, 1000), "the bars of the 40 are computed again");
        next.Stage.ShouldBe("again since a silo was lost: 30 strategies without a result");
    }
}
