using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using Granary.Cluster.Client;
using Granary.Cluster.Tests.Fixtures;
using Granary.Contracts.Jobs;
using Granary.Simulation.Batches;
using Granary.Simulation.Telemetry;
using Granary.Testing;

namespace Granary.Cluster.Tests.Silos;

/// <summary>The trace of a batch as silos send it over OTLP: one tree, whose numbers are those of the run.</summary>
public class BatchTraceTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task A_batch_is_one_tree_of_spans_whose_bars_add_up_to_those_of_the_run(int silos)
    {
        using var batches = new TestBatches();
        var (spans, status, folder) = await RunAsync(batches, silos);
        var byId = spans.ToDictionary(s => s.SpanId);
        // Only the caller's requests have a parent that no silo sent: the spans of its HTTP client.
        var requests = spans.Where(s => !byId.ContainsKey(s.Parent)).Select(s => s.Name).Distinct().ToList();
        requests.ShouldContain("POST /api/v1/batches/");
        requests.Where(n => !n.Contains(" /api/v1/", StringComparison.Ordinal)).ShouldBeEmpty("spans without a parent");
        IEnumerable<OtlpSpan> Above(OtlpSpan span)
        {
            for (var at = byId.GetValueOrDefault(span.Parent); at is not null; at = byId.GetValueOrDefault(at.Parent)) yield return at;
        }
        foreach (var name in (string[])["open", "strategies", "weigh", "portfolio", "validate", "write"])
            Above(spans.Single(s => s.Name == name)).Select(s => s.Name).Where(n => n is "report" or "batch")
                .ShouldBe(["report", "batch"], $"above {name}");
        foreach (var file in spans.Where(s => s.Name == "file")) byId[file.Parent].Name.ShouldBe("write");

        // Groups of other silos belong to the step that ordered them.
        var groups = spans.Where(s => s.Name == "strategy-group" && byId[s.Parent].Name == "strategies").ToList();
        groups.Select(g => g.Silo).Distinct().Count().ShouldBe(silos, "groups on each silo");
        groups.Sum(g => Number(g, GranaryInstruments.Strategies)).ShouldBe(status.Progress.Strategies);
        groups.ShouldAllBe(g => Number(g, GranaryInstruments.Blocks) > 0);
        var manifest = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(folder, "manifest.json")))!;
        var evaluations = (long)manifest["barEvaluations"]!;
        groups.Sum(g => Number(g, GranaryInstruments.Evaluations)).ShouldBe(evaluations);
        Number(spans.Single(s => s.Name == "strategies"), GranaryInstruments.Evaluations).ShouldBe(evaluations);
        var batch = spans.Single(s => s.Name == "batch");
        Number(batch, GranaryInstruments.Evaluations).ShouldBe(evaluations);
        Number(batch, GranaryInstruments.Trades).ShouldBe(status.Trades!.Value);

        var source = manifest["data"]!.AsArray().Sum(m => (long)m!["bars"]!);
        Number(spans.Single(s => s.Name == "open"), GranaryInstruments.BarCount).ShouldBe(source);
        spans.Where(s => s.Name == "feed").DistinctBy(s => s.Tags[GranaryInstruments.Feed])
            .Sum(s => Number(s, GranaryInstruments.BarCount)).ShouldBe(source);
        spans.ShouldAllBe(s => s.Name != "order", "a batch has no spans of single orders");
    }

    private static long Number(OtlpSpan span, string tag) =>
        long.Parse(span.Tags.GetValueOrDefault(tag) ?? throw new InvalidOperationException($"{span.Name} has no {tag}"),
            CultureInfo.InvariantCulture);

    /// <returns>The spans of the batch's trace, its end, and its folder.</returns>
    private static async Task<(List<OtlpSpan> Spans, JobStatus Status, string Folder)> RunAsync(TestBatches batches, int silos)
    {
        await using var receiver = await OtlpReceiver.StartAsync();
        await using var server = await PostgresServer.ShareAsync();
        var connection = await server.CreateDatabaseAsync();
        List<SiloProcess> started = [];
        try
        {
            for (var i = 0; i < silos; i++)
            {
                started.Add(SiloProcess.Launch(connection, receiver.Environment, "--runs", Path.Combine(batches.Folder, "runs"), "--threads", "1"));
                await started[i].ReadyAsync();
            }
            using var submission = new Activity("submission").SetIdFormat(ActivityIdFormat.W3C);
            submission.ActivityTraceFlags = ActivityTraceFlags.Recorded;
            submission.Start();
            using var client = new GranaryClient(started[0].Client.BaseAddress!.ToString(), key: null);
            var (status, folder) = await RemoteBatch.RunAsync(client, new BatchReader(TestCatalogues.All).Read(batches.Mixed), "mixed.json",
                Path.Combine(batches.Folder, "home"));
            submission.Stop();
            // What is left to be sent is sent when they leave.
            foreach (var silo in started.AsEnumerable().Reverse()) await silo.LeaveAsync();
            return ([.. receiver.Spans.Where(s => s.TraceId == submission.TraceId.ToHexString())], status, folder);
        }
        finally
        {
            foreach (var silo in started) await silo.DisposeAsync();
        }
    }
}
