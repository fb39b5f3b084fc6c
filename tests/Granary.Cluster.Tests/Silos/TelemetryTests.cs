using System.Collections.Concurrent;
using System.Diagnostics;
using Granary.Cluster.Client;
using Granary.Cluster.Grains.Telemetry;
using Granary.Cluster.Tests.Fixtures;
using Granary.Contracts.Jobs;
using Granary.Simulation.Batches;
using Granary.Testing;

namespace Granary.Cluster.Tests.Silos;

/// <summary>A real silo against a receiver that takes OTLP over HTTP and keeps what it is sent.</summary>
public class TelemetryTests
{
    [Fact]
    public async Task Traces_measurements_and_logs_are_sent_where_the_standard_variable_says()
    {
        await using var receiver = await OtlpReceiver.StartAsync();
        var ports = FreePorts.Take(3);
        await using var silo = SiloProcess.Start(
            ["--urls", $"http://127.0.0.1:{ports[0]}", "--silo-port", $"{ports[1]}", "--gateway-port", $"{ports[2]}", "--cluster-id",
                "observed"],
            receiver.Environment, ports[0]);
        await silo.ReadyAsync();
        using var batches = new TestBatches();
        using var client = new GranaryClient(silo.Client.BaseAddress!.ToString(), key: null);
        var (status, _) = await RemoteBatch.RunAsync(client, new BatchReader(TestCatalogues.All).Read(batches.Joined), "joined.json",
            Path.Combine(batches.Folder, "home"));
        await silo.LeaveAsync();

        var received = receiver.Received;
        received.Keys.Order().ShouldBe(["v1/logs", "v1/metrics", "v1/traces"]);
        foreach (var (path, text) in received)
        {
            text.ShouldContain("granary-silo", Case.Sensitive, path);
            text.ShouldContain("observed", Case.Sensitive, path);
        }
        foreach (var span in new[] { "batch", "strategy-group", "feed", "report", status.Id })
            received["v1/traces"].ShouldContain(span);
        foreach (var meter in new[] { "Microsoft.Orleans", "granary.bars", "granary.strategies.running", "granary.blocks.in_flight",
            "granary.feed.lag" }) received["v1/metrics"].ShouldContain(meter);
        foreach (var line in new[] { "serves", status.Id, "RunId" }) received["v1/logs"].ShouldContain(line);
    }

    [Fact]
    public async Task A_clients_trace_goes_on_through_its_request_to_the_strategy_groups_on_both_silos()
    {
        await using var receiver = await OtlpReceiver.StartAsync();
        await using var server = await PostgresServer.ShareAsync();
        var connection = await server.CreateDatabaseAsync();
        using var batches = new TestBatches();
        string[] options = ["--runs", Path.Combine(batches.Folder, "runs"), "--threads", "1"];
        await using var one = SiloProcess.Launch(connection, receiver.Environment, options);
        await one.ReadyAsync();
        await using var two = SiloProcess.Launch(connection, receiver.Environment, options);
        await two.ReadyAsync();
        JobStatus status;
        string trace;
        using (var submission = new Activity("submission").SetIdFormat(ActivityIdFormat.W3C))
        {
            submission.ActivityTraceFlags = ActivityTraceFlags.Recorded;
            submission.Start();
            trace = submission.TraceId.ToHexString();
            using var client = new GranaryClient(one.Client.BaseAddress!.ToString(), key: null);
            (status, _) = await RemoteBatch.RunAsync(client, new BatchReader(TestCatalogues.All).Read(batches.Mixed), "mixed.json",
                Path.Combine(batches.Folder, "home"));
        }
        // What is left to be sent is sent when they leave.
        await two.LeaveAsync();
        await one.LeaveAsync();
        var spans = receiver.Spans;
        var own = spans.Where(s => s.Tags.GetValueOrDefault("granary.run") == status.Id).ToList();
        own.Select(s => s.Name).Distinct().Order().ShouldBe(["batch", "feed", "report", "strategy-group"]);
        own.Where(s => s.TraceId != trace).Select(s => s.Name).ShouldBeEmpty();
        own.Where(s => s.Name == "strategy-group").Select(s => s.Silo).Distinct().Count().ShouldBe(2, "groups on both silos");
        // Neither the strategies' activations nor the polls of silos are in it.
        spans.Select(s => s.Name).ShouldNotContain(n => n.StartsWith("IStrategyGrain") || n.EndsWith("/PollAsync"));
        // From a group up to the request, over calls of grains and the wire between the silos.
        var byId = spans.Where(s => s.TraceId == trace).ToLookup(s => s.SpanId);
        foreach (var group in own.Where(s => s.Name == "strategy-group"))
        {
            List<OtlpSpan> path = [];
            for (var span = group; span is not null; span = byId[span.Parent].FirstOrDefault()) path.Add(span);
            path.Select(s => s.Name).ShouldContain("batch");
            path[^1].Name.ShouldBe("POST /api/v1/batches/", string.Join(" < ", path.Select(s => s.Name)));
            string[] attributes = ["http.request.method", "http.route", "http.response.status_code"];
            attributes.Select(a => path[^1].Tags.GetValueOrDefault(a)).ShouldBe(["POST", "/api/v1/batches/", "202"]);
        }
    }

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
        using var batches = new TestBatches();
        await using var cluster = await TestSilos.StartAsync(2);
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
