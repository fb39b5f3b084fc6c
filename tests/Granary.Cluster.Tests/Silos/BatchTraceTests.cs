using System.Globalization;
using System.Text.Json.Nodes;
using Granary.Cluster.Tests.Fixtures;
using Granary.Simulation.Telemetry;
using Granary.Testing;

namespace Granary.Cluster.Tests.Silos;

/// <summary>The trace of a batch as silos send it over OTLP: one tree, whose numbers are those of the run.</summary>
public class BatchTraceTests(BatchTraceTests.Made made) : IClassFixture<BatchTraceTests.Made>
{
    [NeedsPostgres]
    public sealed class Made : IAsyncLifetime
    {
        internal TestBatches Batches { get; } = new();

        internal TracedRun Run { get; private set; } = null!;

        public async ValueTask InitializeAsync() => Run = await TracedRun.RunAsync(Batches, 2);

        public ValueTask DisposeAsync()
        {
            Batches.Dispose();
            return default;
        }
    }

    private TracedRun Run => made.Run;

    [Fact]
    public void Traces_measurements_and_logs_are_sent_where_the_standard_variable_says()
    {
        var (status, received) = (Run.Status, Run.Received);
        received.Keys.Order().ShouldBe(["v1/logs", "v1/metrics", "v1/traces"]);
        foreach (var (path, text) in received)
        {
            text.ShouldContain("granary-silo", Case.Sensitive, path);
            text.ShouldContain(TracedRun.ClusterId, Case.Sensitive, path);
        }
        foreach (var span in new[] { "batch", "strategy-group", "feed", "report", status.Id })
            received["v1/traces"].ShouldContain(span);
        foreach (var meter in new[] { "Microsoft.Orleans", "granary.bars", "granary.strategies.running", "granary.blocks.in_flight",
            "granary.feed.lag" }) received["v1/metrics"].ShouldContain(meter);
        foreach (var line in new[] { "serves", status.Id, "RunId" }) received["v1/logs"].ShouldContain(line);
    }

    [Fact]
    public void A_clients_trace_goes_on_through_its_request_to_the_strategy_groups_on_both_silos()
    {
        var (spans, status, trace) = (Run.Spans, Run.Status, Run.Trace);
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
    public Task A_batch_on_two_silos_is_one_tree_of_spans_whose_bars_add_up_to_those_of_the_run() => IsOneTreeAsync(Run, 2);

    [LongFact(nameof(A_batch_on_two_silos_is_one_tree_of_spans_whose_bars_add_up_to_those_of_the_run))]
    public async Task A_batch_on_one_silo_is_such_a_tree_too()
    {
        using var batches = new TestBatches();
        await IsOneTreeAsync(await TracedRun.RunAsync(batches, 1), 1);
    }

    private static async Task IsOneTreeAsync(TracedRun run, int silos)
    {
        var (spans, status, folder) = (run.Spans.Where(s => s.TraceId == run.Trace).ToList(), run.Status, run.Folder);
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
}
