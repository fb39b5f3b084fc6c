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

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Samples_are_made_where_the_folder_has_none(bool hasSamples)
    {
        using var folder = new TestFolder();
        using var text = new StringWriter();

        FirstSteps.Write(text, hasSamples ? SharedData.RepositoryRoot : folder.Path);

        text.ToString().Contains("granary new samples", StringComparison.Ordinal).ShouldBe(!hasSamples);
        text.ToString().ShouldContain("granary backtest samples/quickstart.json");
    }

    [Fact]
    public async Task The_samples_are_those_of_the_repository()
    {
        using var folder = new TestFolder();

        var call = await GranaryCall.RunAsync("new", "samples", "--in", folder.Path);

        call.ExitCode.ShouldBe(0, call.Error);
        var own = Path.Combine(SharedData.RepositoryRoot, "samples");
        var made = Path.Combine(folder.Path, "samples");
        foreach (var file in Directory.EnumerateFiles(own).Concat(Directory.EnumerateFiles(Path.Combine(own, "data"), "*.csv",
            SearchOption.AllDirectories)))
            File.ReadAllBytes(Path.Combine(made, Path.GetRelativePath(own, file))).ShouldBe(File.ReadAllBytes(file));
        (await GranaryCall.RunAsync("new", "samples", "--in", folder.Path)).ExitCode.ShouldBe(2);
    }
}
