using System.Diagnostics;
using System.Text.RegularExpressions;
using Granary.Testing;

namespace Granary.Cli.Tests.ClientPrograms;

/// <summary>The programs of one file in samples/apps, as <c>dotnet run</c> runs them.</summary>
public sealed class FileAppTests(SharedServer server)
{
    [Fact]
    public async Task The_first_program_prints_the_results_of_its_notebook_and_says_what_to_start_without_a_server()
    {
        var first = await RunAsync("first-backtest", await server.UrlAsync);
        first.Code.ShouldBe(0, first.Output);
        var digest = Regex.Match(first.Output, "^digest ([0-9a-f]{64})$", RegexOptions.Multiline).Groups[1].Value;
        digest.Length.ShouldBe(64);
        Notebook("first-backtest").ShouldContain(digest);
        first.Output.ShouldContain("24 of 24 strategies");

        var (code, output) = await RunAsync("first-backtest", $"http://127.0.0.1:{FreePorts.Take()}", "--no-build");
        code.ShouldBe(1, output);
        output.ShouldContain("does not answer");
        output.ShouldContain("start ./granary serve");
    }

    [LongFact("PythonClientTests (the same notebook) and DocumentedSnippetsTests.Programs_of_one_file_compile")]
    public async Task The_second_program_prints_the_results_of_its_notebook()
    {
        var search = await RunAsync("search-and-monte-carlo", await server.UrlAsync);
        search.Code.ShouldBe(0, search.Output);
        var notebook = Notebook("search-and-monte-carlo");
        foreach (var name in (string[])["search", "walk-forward"])
        {
            var total = Regex.Match(search.Output, $"^{name}: return (-?[0-9.]+),", RegexOptions.Multiline).Groups[1].Value;
            notebook.ShouldMatch($@"{name} +{Regex.Escape(total)}");
        }
        search.Output.ShouldMatch("Quantiles of [0-9]+ other records");
    }

    private static string Notebook(string name) =>
        File.ReadAllText(Path.Combine(SharedData.RepositoryRoot, "clients", "python", "notebooks", name + ".ipynb"));

    private static async Task<(int Code, string Output)> RunAsync(string name, string url, params string[] options)
    {
        var file = Path.Combine(SharedData.RepositoryRoot, "samples", "apps", name + ".cs");
        // The projects that it refers to have been built with this test. Other properties would build all of them again.
        var start = new ProcessStartInfo("dotnet",
            ["run", "-c", "Release", "-p:RunAnalyzers=false", "-p:BuildProjectReferences=false", .. options, file, "--", url])
        {
            WorkingDirectory = Path.GetTempPath(),
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        // What this test runs under is not for the child.
        foreach (var inherited in start.Environment.Keys.Where(k => k.StartsWith("MSBUILD", StringComparison.OrdinalIgnoreCase)).ToList())
            start.Environment.Remove(inherited);
        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        start.Environment.Remove("GRANARY_KEY");
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, await output + await error);
    }
}
