using System.Collections.Concurrent;
using System.Diagnostics;
using Granary.Cluster.Grains.Telemetry;
using Granary.Cluster.Tests.Fixtures;
using Granary.Contracts.Jobs;
using Granary.Testing;

namespace Granary.Cluster.Tests.Silos;

/// <summary>The spans that silos in this process make of a batch.</summary>
[Collection<PlainSilos>]
public class TelemetryTests(PlainSilos.Cluster shared)
{
    [Fact]
    public async Task One_trace_leads_from_the_batch_over_feeds_and_strategy_groups_to_the_report_on_two_silos()
    {
        var spans = new ConcurrentQueue<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = s => s.Name == ClusterInstruments.Name || s.Name.StartsWith("Microsoft.Orleans", StringComparison.Ordinal),
            Sample = (ref ActivityCreationOptions<ActivityContext> o) =>
                (o.Parent == default ? o.Source.Name == ClusterInstruments.Name
                    : o.Parent.TraceFlags.HasFlag(ActivityTraceFlags.Recorded))
                ? ActivitySamplingResult.AllDataAndRecorded : ActivitySamplingResult.None,
            ActivityStopped = spans.Enqueue,
        };
        ActivitySource.AddActivityListener(listener);
        var (cluster, batches) = (shared.Silos, shared.Batches);
        using var submission = new Activity("submission").SetIdFormat(ActivityIdFormat.W3C);
        submission.ActivityTraceFlags = ActivityTraceFlags.Recorded;
        submission.Start();
        var status = await cluster.RunAsync(batches.Mixed);
        status.State.ShouldBe(JobState.Done, $"{status.Fault}\n{cluster.Log.Text}");
        await Eventually.HoldsAsync(() => spans.Any(s => s.OperationName == "batch" && Equals(s.GetTagItem("granary.run"), status.Id))
            && cluster.Alive.All(s => cluster.ComputeOf(s).Groups == 0));

        var own = spans.Where(s => Equals(s.GetTagItem("granary.run"), status.Id)).ToList();
        own.Select(s => s.OperationName).Distinct().Order().ShouldBe(["batch", "feed", "report", "strategy-group"]);
        own.Where(s => s.TraceId != submission.TraceId).Select(s => s.OperationName).ShouldBeEmpty();
        own.Count(s => s.OperationName == "strategy-group").ShouldBeLessThan(status.Progress.Strategies);
        var byId = spans.ToLookup(s => s.SpanId);
        bool IsBelow(Activity? span, string name)
        {
            for (; span is not null; span = byId[span.ParentSpanId].FirstOrDefault())
                if (span.OperationName == name) return true;
            return false;
        }
        foreach (var (below, above) in new[] { ("strategy-group", "batch"), ("report", "batch"), ("feed", "report") })
            own.Where(s => s.OperationName == below && !IsBelow(s, above)).ShouldBeEmpty($"{below} below {above}");
    }
}
