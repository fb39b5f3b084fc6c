using System.Diagnostics;
using Granary.Cli.Explanations;
using Granary.Engine.Analysis.Metrics;
using Granary.Engine.Portfolio.Rules;
using Granary.Engine.Trading;
using Granary.Reporting.Runs;

namespace Granary.Cli.Tests;

/// <summary>What the terms of tables and files mean, and verbs that a shell completes.</summary>
public sealed class ExplainTests
{
    private static readonly IReadOnlyList<Explanation> All = ExplanationCatalogue.Of(TestCatalogues.All);

    [Fact]
    public void Every_metric_check_and_code_that_a_run_writes_is_explained()
    {
        string[] terms =
        [
            .. MetricCatalogue.BuiltIn.All.Select(m => m.Key), .. ValidationFindings.Checks, ValidationFindings.Benchmark,
            .. Enum.GetValues<Decision>().Select(RunText.Of), .. Enum.GetValues<ExitReason>().Select(RunText.Of),
            .. Enum.GetValues<SignalEnd>().Select(RunText.Of), .. Enum.GetValues<NoteCode>().Select(c => new RunNote(c, "").CodeText),
        ];
        foreach (var term in terms)
            All.Where(e => e.IsCalled(term)).ShouldContain(e => e.Text.Length > 20 || e.Formula.Length > 0, term);
        All.Where(e => e.Kind == "metric").ShouldAllBe(e => e.Formula.Length > 0 && e.Source.Length > 0);
        All.Select(e => (e.Term, e.Kind)).ShouldBeUnique();
    }

    [Fact]
    public async Task A_term_is_found_by_its_key_by_its_name_and_in_any_case()
    {
        foreach (var words in new[] { new[] { "maxDrawdown" }, ["Maximum", "drawdown"], ["MAX-DRAWDOWN"] })
        {
            var explained = await GranaryProcess.RunAsync(["explain", .. words]);
            (explained.ExitCode, explained.Error).ShouldBe((0, ""));
            explained.Output.ShouldContain("maxDrawdown (metric)");
            explained.Output.ShouldContain("Formula: max(1 ");
        }
        var unknown = await GranaryProcess.RunAsync("explain", "sharp");
        (unknown.ExitCode, unknown.Output).ShouldBe((2, ""));
        unknown.Error.ShouldContain("did you mean 'sharpe'?");
    }

    [Fact]
    public async Task Bash_completes_verbs_options_and_the_verbs_of_a_verb()
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Skip("the script needs bash");
            return;
        }
        using var folder = new TestFolder();
        var library = Path.Combine(AppContext.BaseDirectory, "granary.dll");
        var program = folder.Write("granary", $"#!/usr/bin/env bash\nexec dotnet '{library}' \"$@\"\n");
        File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        (await CompleteAsync(folder.Path, "granary backt")).ShouldBe(["backtest"]);
        (await CompleteAsync(folder.Path, "granary backtest b.json --thr")).ShouldBe(["--threads"]);
        (await CompleteAsync(folder.Path, "granary data im")).ShouldBe(["import"]);
        var unknown = await GranaryProcess.RunAsync("completion", "tcsh");
        (unknown.ExitCode, unknown.Error.Contains("write bash, zsh or fish", StringComparison.Ordinal)).ShouldBe((2, true));
    }

    private static async Task<string[]> CompleteAsync(string folder, string line)
    {
        var words = line.Split(' ');
        var start = new ProcessStartInfo("bash") { RedirectStandardOutput = true, UseShellExecute = false };
        start.ArgumentList.Add("-c");
        start.ArgumentList.Add($$"""
            source <(granary completion bash)
            COMP_LINE='{{line}}'; COMP_POINT={{line.Length}}; COMP_WORDS=({{line}}); COMP_CWORD={{words.Length - 1}}
            _granary; printf '%s\n' "${COMPREPLY[@]}"
            """);
        start.Environment["PATH"] = folder + Path.PathSeparator + Environment.GetEnvironmentVariable("PATH");
        using var process = Process.Start(start)!;
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }
}
