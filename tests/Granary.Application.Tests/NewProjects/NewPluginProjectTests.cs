using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Granary.Application.Catalogues;
using Granary.Application.Json;
using Granary.Application.NewProjects;

namespace Granary.Application.Tests.NewProjects;

public sealed class NewPluginProjectTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("granary-new-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static (int Code, string Output) Dotnet(string folder, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", arguments)
        {
            WorkingDirectory = folder,
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        // What this test runs under is not for the child.
        var inherited = start.Environment.Keys.Where(k =>
            k.StartsWith("MSBUILD", StringComparison.OrdinalIgnoreCase) || k.StartsWith("DOTNET_STARTUP", StringComparison.Ordinal));
        foreach (var name in inherited.ToList()) start.Environment.Remove(name);
        start.Environment["DOTNET_CLI_TELEMETRY_OPTOUT"] = "1";
        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output + errors.Result);
    }

    private static PluginTemplate Of(string kind) => PluginTemplate.All.Single(t => t.Kind == kind);

    private IReadOnlyList<string> Create(string kind, string name) => NewPluginProject.Create(Of(kind), name, _folder, TestCatalogues.All);

    [Theory]
    [InlineData("strategy", "GoldenHour", "GoldenHour", 2)]
    [InlineData("factor", "GoldenPlace", "golden-place", 3)]
    [InlineData("file format", "GoldenRows", "golden-rows", 3)]
    [InlineData("broker", "GoldenGate", "golden-gate", 19)]
    [InlineData("trainer", "GoldenMean", "golden-mean", 2)]
    public void A_new_project_builds_its_tests_pass_and_its_dll_is_a_plug_in(string kind, string name, string entry, int tests)
    {
        var folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator);
        if (!folders.Any(p => File.Exists(Path.Combine(p, "dotnet"))))
            Assert.Skip("needs the .NET SDK on the path, which this machine does not have");

        var files = Create(kind == "file format" ? "format" : kind, name);
        var project = Path.Combine(_folder, name);
        files.ShouldContain(name + ".cs");
        foreach (var file in files) File.Exists(Path.Combine(project, file)).ShouldBeTrue(file);
        foreach (var file in files) File.ReadAllText(Path.Combine(project, file)).ShouldNotContain("{{", Case.Sensitive, file);

        var (code, output) = Dotnet(project, "run", "--project", "Tests");
        if (code != 0 && output.Contains("NU1301", StringComparison.Ordinal))
            Assert.Skip("needs xunit.v3 from a package source, which this machine does not reach");
        code.ShouldBe(0, output);
        var total = Regex.Match(output, @"Total: (\d+)", RegexOptions.None, TimeSpan.FromSeconds(1)).Groups[1].Value;
        int.Parse(total, CultureInfo.InvariantCulture).ShouldBe(tests, output);
        output.ShouldNotContain("warning");

        var known = GranaryCataloguesBuilder.CreateDefault().AddPlugins(Path.Combine(project, "plugin")).Build();
        known.Plugins.ShouldHaveSingleItem().Names(kind).ShouldBe([entry]);
        if (kind == "strategy") known.Strategies.Get(name).Create(new Dictionary<string, object> { ["period"] = 50 }).ShouldNotBeNull();
    }

    [Theory]
    [InlineData("strategy", "golden", "'golden' cannot name a strategy; use a capital letter and then letters and digits, as GoldenHour")]
    [InlineData("broker", "Golden-Hour",
        "'Golden-Hour' cannot name a broker; use a capital letter and then letters and digits, as GoldenHour")]
    [InlineData("factor", "", "'' cannot name a factor; use a capital letter and then letters and digits, as GoldenHour")]
    [InlineData("strategy", "SmaCross", "the strategy name 'SmaCross' is taken; choose another name")]
    [InlineData("factor", "Sma", "the factor name 'sma' is taken; choose another name")]
    [InlineData("format", "Yahoo", "the format name 'yahoo' is taken; choose another name")]
    [InlineData("broker", "Paper", "the broker name 'paper' is taken; choose another name")]
    [InlineData("trainer", "RandomForest", "the trainer name 'random-forest' is taken; choose another name")]
    [InlineData("strategy", "Strategy", "'Strategy' has a meaning in every strategy's file already; choose another name")]
    public void A_name_that_cannot_be_used_is_refused_and_nothing_is_made(string kind, string name, string sentence)
    {
        Should.Throw<InputException>(() => Create(kind, name)).Message.ShouldBe(sentence);
        Directory.EnumerateFileSystemEntries(_folder).ShouldBeEmpty();
    }

    [Fact]
    public void A_folder_that_is_there_is_left_alone()
    {
        var mine = Directory.CreateDirectory(Path.Combine(_folder, "Mine"));
        Should.Throw<InputException>(() => Create("strategy", "Mine")).Message
            .ShouldEndWith("is there already; choose another name, or move it away");
        mine.EnumerateFileSystemInfos().ShouldBeEmpty();
    }
}
