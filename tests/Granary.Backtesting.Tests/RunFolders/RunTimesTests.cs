using System.Text;
using System.Text.Json;
using Granary.Backtesting.Runs;
using Granary.Engine.Analysis.Metrics;
using Granary.Simulation.Batches;
using Granary.Simulation.Passes;
using Granary.Simulation.RunFolders;
using Granary.Testing;

namespace Granary.Backtesting.Tests.RunFolders;

/// <summary>How long a run took, for the person who waited, and the load that is shown meanwhile.</summary>
public sealed class RunTimesTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("granary-times-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task The_time_that_a_run_took_begins_with_its_submission_and_computing_is_a_part_of_it()
    {
        var bars = Path.Combine(SharedData.RepositoryRoot, "samples", "data", "1h");
        var text = $$"""
            { "name": "timed", "data": { "source": "csv:{{bars}}", "symbols": "ACME", "timeframe": "1h" },
              "strategies": [ { "class": "SmaCross", "size": { "percentOfEquity": 10 } } ], "portfolio": { "weights": "equal" } }
            """;
        var spec = new BatchReader(TestCatalogues.All).Read("timed.json", Encoding.UTF8.GetBytes(text), _folder);
        var options = new BatchOptions
        {
            Out = Path.Combine(_folder, "run"),
            Since = TimeProvider.System.GetUtcNow().AddHours(-1),
            Validation = false,
        };
        await new BatchRunner(new EmbeddedHost(1), TimeProvider.System).RunAsync(spec, options);
        using var manifest = JsonDocument.Parse(await File.ReadAllBytesAsync(Path.Combine(_folder, "run", "manifest.json")));
        manifest.RootElement.GetProperty("elapsedSeconds").GetDouble().ShouldBeGreaterThanOrEqualTo(3600);
        manifest.RootElement.GetProperty("seconds").GetDouble().ShouldBeLessThan(3600);
        var report = await File.ReadAllTextAsync(Path.Combine(_folder, "run", "report.html"));
        report.ShouldMatch(@"bar evaluations in 60\.\d min, ");
    }

    [Fact]
    public void An_interrupted_run_keeps_the_time_of_its_first_attempt()
    {
        var (first, later) = (new DateTime(2026, 1, 1, 8, 0, 0, DateTimeKind.Utc), new DateTime(2026, 1, 1, 9, 0, 0, DateTimeKind.Utc));
        var path = Path.Combine(_folder, "interrupted");
        using (var folder = RunFolder.Open(path, "x", resume: false, first, MetricCatalogue.BuiltIn)) folder.Begin("key", resume: false);
        using (var folder = RunFolder.Open(path, "x", resume: true, later, MetricCatalogue.BuiltIn))
        {
            folder.Begin("key", resume: true);
            folder.Since.ShouldBe(new DateTimeOffset(first));
        }
        using (var folder = RunFolder.Open(path, "x", resume: false, later, MetricCatalogue.BuiltIn))
        {
            folder.Begin("key", resume: false);
            folder.Since.ShouldBe(new DateTimeOffset(later));
        }
    }

    [Fact]
    public void The_load_is_unknown_before_it_is_measured_and_is_not_shown_as_idle()
    {
        var clock = new ManualClock();
        var meter = new LoadMeter(clock);
        meter.Measure(3).ShouldBeNull();
        clock.Advance(TimeSpan.FromMilliseconds(100));
        meter.Measure(3).ShouldNotBeNull().Waiting.ShouldBe(3);
        meter.Measure(2).ShouldNotBeNull().Waiting.ShouldBe(2);
    }
}
