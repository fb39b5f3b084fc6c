using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using Granary.Contracts.Jobs;
using Granary.Server.Access;
using Granary.Simulation.Telemetry;
using Granary.Testing;

namespace Granary.Api.Tests;

/// <summary>What <c>/metrics</c> and the traces say of a server.</summary>
/// <remarks>Meters belong to a process: the end of another server in it would end the series of this one.</remarks>
[CollectionDefinition(nameof(MetricsOverHttpTests), DisableParallelization = true)]
[Collection(nameof(MetricsOverHttpTests))]
public class MetricsOverHttpTests
{
    // The value of the one series that has these labels, beside those of the exporter.
    private static double Value(string text, string name, params string[] labels) => text.Split('\n')
        .Where(l => (l.StartsWith(name + "{", StringComparison.Ordinal) || l.StartsWith(name + " ", StringComparison.Ordinal))
            && labels.All(label => l.Contains(label, StringComparison.Ordinal)))
        .Select(l => double.Parse(l[(l.LastIndexOf(' ') + 1)..], CultureInfo.InvariantCulture)).DefaultIfEmpty().Single();

    [Fact]
    public async Task Metrics_count_requests_and_jobs_and_show_the_queue()
    {
        await using var server = await ApiServer.StartAsync();
        var first = await server.SubmitAsync();
        var second = await server.SubmitAsync();
        await Eventually.HoldsAsync(async () => (await server.Client.GetStringAsync("/metrics")) is { } text
            && Value(text, "granary_jobs_queued") == 1 && Value(text, "granary_jobs_running") == 1
            && Value(text, "granary_jobs_queue_age_seconds") > 0 && Value(text, "granary_disk_free_bytes") > 0);
        for (var i = 0; i < 6; i++) server.Host.Go();
        await server.UntilAsync(first.Id, s => s.State == JobState.Done);
        await server.UntilAsync(second.Id, s => s.State == JobState.Done);
        using var answer = await server.Client.GetAsync("/metrics");
        answer.Content.Headers.ContentType!.ToString().ShouldStartWith("text/plain; version=0.0.4");
        var text = await answer.Content.ReadAsStringAsync();
        Value(text, "granary_jobs_ended_total", "granary_kind=\"backtest\"", "granary_state=\"done\"").ShouldBeGreaterThanOrEqualTo(2);
        text.ShouldContain("http_server_request_duration_seconds_bucket{");
        Value(text, "dotnet_process_memory_working_set_bytes").ShouldBeGreaterThan(0);
    }

    [Theory]
    [InlineData("granary_journal_losses_total", "")]
    [InlineData("granary_jobs_ended_total", "granary_state=\"failed\"")]
    [InlineData("granary_strategies_failed_total", "")]
    public async Task A_counter_of_an_alert_exists_before_its_first_event(string name, string label)
    {
        await using var server = await ApiServer.StartAsync();
        (await server.Client.GetStringAsync("/metrics")).Split('\n')
            .ShouldContain(l => l.StartsWith(name, StringComparison.Ordinal) && l.Contains(label, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Metrics_pass_the_check_of_promtool()
    {
        OptionalProgram.Require("promtool", "prometheus");
        await using var server = await ApiServer.StartAsync();
        await server.SubmitAsync();
        await server.Client.GetAsync("/api/v1/batches");
        await Eventually.HoldsAsync(async () => (await server.Client.GetStringAsync("/metrics"))
            .Contains("granary_disk_free_bytes", StringComparison.Ordinal));
        var text = await server.Client.GetStringAsync("/metrics");
        using var check = Process.Start(new ProcessStartInfo("promtool", ["check", "metrics"])
        {
            RedirectStandardInput = true,
            RedirectStandardError = true,
            RedirectStandardOutput = true,
            UseShellExecute = false,
        })!;
        var output = check.StandardOutput.ReadToEndAsync();
        var error = check.StandardError.ReadToEndAsync();
        await check.StandardInput.WriteAsync(text);
        check.StandardInput.Close();
        await check.WaitForExitAsync();
        // It also judges names, and those of the runtime and of Npgsql are not ours.
        var said = (await error + await output).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        said.Where(l => l.StartsWith("granary_", StringComparison.Ordinal)
            || !l.Contains("\"_count\" suffix", StringComparison.Ordinal)).ShouldBeEmpty();
        check.ExitCode.ShouldBeOneOf(0, 3);
    }

    [Fact]
    public async Task Metrics_need_the_role_viewer_where_keys_exist()
    {
        var file = Path.Combine(Directory.CreateTempSubdirectory("granary-keys-").FullName, "keys.json");
        var key = await ApiKeys.AddAsync(file, "reader", Role.Viewer, TimeProvider.System);
        await using var server = await ApiServer.StartAsync(ApiKeys.Open(file));
        (await server.Client.GetAsync("/metrics")).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        using var viewer = server.As(key);
        (await viewer.GetAsync("/metrics")).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_clients_trace_goes_on_through_its_request_to_the_job()
    {
        var spans = new ConcurrentQueue<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = s => s.Name is GranaryInstruments.Name or "Microsoft.AspNetCore",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = spans.Enqueue,
        };
        ActivitySource.AddActivityListener(listener);
        await using var server = await ApiServer.StartAsync();
        using var submission = new Activity("submission").SetIdFormat(ActivityIdFormat.W3C).Start();
        var job = await server.SubmitAsync();
        submission.Stop();
        for (var i = 0; i < 6; i++) server.Host.Go();
        await server.UntilAsync(job.Id, s => s.Ended);
        await Eventually.HoldsAsync(() => spans.Any(s => Equals(s.GetTagItem(GranaryInstruments.Run), job.Id)));
        spans.Single(s => Equals(s.GetTagItem(GranaryInstruments.Run), job.Id)).TraceId.ShouldBe(submission.TraceId);
    }
}
