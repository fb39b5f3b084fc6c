using Granary.Testing;

namespace Granary.Cli.Tests;

public sealed class FirstStepsTests
{
    [Fact]
    public async Task A_call_without_arguments_says_what_to_do_first()
    {
        var call = await GranaryCall.RunAsync();

        call.ExitCode.ShouldBe(0);
        call.Error.ShouldBeEmpty();
        foreach (var command in (string[])["granary serve ", "granary new strategy ", "granary backtest BATCH.json ", "granary --help "])
            call.Output.ShouldContain("  " + command);
    }

    [Fact]
    public void The_sample_is_named_as_the_folder_can_reach_it()
    {
        using var folder = new TestFolder();

        SampleIn(SharedData.RepositoryRoot, folder.Path).ShouldBe(Path.Combine("samples", "quickstart.json"));
        SampleIn(folder.Path, Path.Combine(SharedData.RepositoryRoot, "src"))
            .ShouldBe(Path.Combine(SharedData.RepositoryRoot, "samples", "quickstart.json"));
        SampleIn(folder.Path, folder.Path).ShouldBeNull();
    }

    private static string? SampleIn(string folder, string application)
    {
        using var text = new StringWriter();
        FirstSteps.Write(text, folder, application);
        var first = text.ToString().Split('\n').SingleOrDefault(l => l.Contains("quickstart", StringComparison.Ordinal));
        return first?.Trim().Split("  ")[0]["granary backtest ".Length..];
    }
}
