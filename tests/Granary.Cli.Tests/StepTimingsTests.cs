using System.Globalization;
using Granary.Simulation.Telemetry;
using Granary.Testing;

namespace Granary.Cli.Tests;

public sealed class StepTimingsTests
{
    [Fact]
    public void Steps_are_listed_as_they_began_with_those_within_them_and_files_by_their_names()
    {
        using var timings = new StepTimings(ElapsedTime.OfProcess);
        using (GranaryInstruments.Traces.StartActivity("outer"))
        {
            using (GranaryInstruments.Traces.StartActivity("inner")) Thread.SpinWait(1000);
            using var file = GranaryInstruments.Traces.StartActivity("file");
            file!.SetTag(GranaryInstruments.File, "report.html");
        }
        using var unfinished = GranaryInstruments.Traces.StartActivity("unfinished");
        var own = timings.Steps.Where(s => s.Name is "start" or "outer" or "inner" or "report.html" or "unfinished");
        own.Select(s => (s.Name, s.Depth)).ShouldBe([("start", 0), ("outer", 0), ("inner", 1), ("report.html", 1)]);
        timings.Steps[0].Seconds.ShouldBeGreaterThan(0);
    }

    [Fact]
    public async Task The_command_shows_its_steps_and_what_the_runtime_needed()
    {
        using var folder = new TestFolder();
        // A process of its own: the steps of other tests in this one would be listed too.
        var call = await GranaryProcess.RunAsync("backtest", folder.Write("part.json", await QuickstartRun.PartTextAsync()),
            "--out", folder.At("run"), "--timings");
        call.ExitCode.ShouldBe(0, call.Error);
        var table = call.Output[call.Output.IndexOf("Where the time went", StringComparison.Ordinal)..].Split('\n');
        string[] steps = ["start", "batch", "open", "strategies", "weigh", "look-ahead", "overfitting", "data-snooping", "effective-trials",
            "cost-stress", "portfolio", "validate", "trials", "write", "report.html", "results.json", "trades.csv"];
        var seconds = steps.ToDictionary(s => s, s => double.Parse(
            table.Single(line => line.TrimStart().Split(' ')[0] == s).Split(' ', StringSplitOptions.RemoveEmptyEntries)[1],
            CultureInfo.InvariantCulture));
        // A step contains its files.
        seconds["write"].ShouldBeGreaterThanOrEqualTo(seconds["report.html"]);
        foreach (var line in (string[])["compile: ", "collect: ", "peak memory: ", "processor time: "])
            table.ShouldContain(l => l.StartsWith(line, StringComparison.Ordinal));
    }
}
