using System.Diagnostics;
using Granary.Application.Catalogues;
using Granary.Application.Json;
using Granary.Application.Plugins;
using Granary.Engine.Strategies;
using Granary.Engine.Strategies.Library;

namespace Granary.Application.Tests.Plugins;

public sealed class NewStrategyProjectTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("granary-new-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static (int Code, string Output) Dotnet(string folder, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", arguments) { WorkingDirectory = folder, UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };
        // What this test runs under is not for the child.
        foreach (var name in start.Environment.Keys.Where(k => k.StartsWith("MSBUILD", StringComparison.OrdinalIgnoreCase) || k.StartsWith("DOTNET_STARTUP", StringComparison.Ordinal)).ToList())
            start.Environment.Remove(name);
        start.Environment["DOTNET_CLI_TELEMETRY_OPTOUT"] = "1";
        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output + errors.Result);
    }

    [Fact]
    public void The_new_project_builds_its_tests_pass_and_its_dll_is_a_plug_in()
    {
        if (!(Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(p => File.Exists(Path.Combine(p, "dotnet"))))
            Assert.Skip("needs the .NET SDK on the path, which this machine does not have");

        var files = NewStrategyProject.Create("GoldenHour", _folder, TestCatalogues.All.Strategies);
        var project = Path.Combine(_folder, "GoldenHour");
        files.ShouldContain("GoldenHour.cs");
        foreach (var file in files) File.Exists(Path.Combine(project, file)).ShouldBeTrue(file);

        var (code, output) = Dotnet(project, "run", "--project", "Tests");
        if (code != 0 && output.Contains("NU1301", StringComparison.Ordinal)) Assert.Skip("needs xunit.v3 from a package source, which this machine does not reach");
        code.ShouldBe(0, output);
        output.ShouldContain("Total: 2");
        output.ShouldNotContain("warning");

        var known = GranaryCataloguesBuilder.CreateDefault().AddPlugins(Path.Combine(project, "plugin")).Build();
        known.Plugins.ShouldHaveSingleItem().Names("strategy").ShouldBe(["GoldenHour"]);
        known.Strategies.Get("GoldenHour").Parameters.Select(p => p.Name).ShouldBe(["period", "rsi", "strong"]);
        known.Strategies.Get("GoldenHour").Create(new Dictionary<string, object> { ["period"] = 50 }).ShouldNotBeNull();
    }

    [Theory]
    [InlineData("golden", "'golden' cannot name a strategy; use a capital letter and then letters and digits, as GoldenHour")]
    [InlineData("Golden-Hour", "'Golden-Hour' cannot name a strategy; use a capital letter and then letters and digits, as GoldenHour")]
    [InlineData("", "'' cannot name a strategy; use a capital letter and then letters and digits, as GoldenHour")]
    [InlineData("SmaCross", "'SmaCross' is taken by Granary.Engine.Strategies.Library.SmaCross; choose another name")]
    [InlineData("Strategy", "'Strategy' has a meaning in every strategy's file already; choose another name")]
    public void A_name_that_cannot_be_a_strategy_s_is_refused_and_nothing_is_made(string name, string sentence)
    {
        Should.Throw<InputException>(() =>
            NewStrategyProject.Create(name, _folder, TestCatalogues.All.Strategies)).Message.ShouldBe(sentence);
        Directory.EnumerateFileSystemEntries(_folder).ShouldBeEmpty();
    }

    [Fact]
    public void A_folder_that_is_there_is_left_alone()
    {
        var mine = Directory.CreateDirectory(Path.Combine(_folder, "Mine"));
        Should.Throw<InputException>(() => NewStrategyProject.Create("Mine", _folder, TestCatalogues.All.Strategies)).Message.ShouldEndWith(
            "is there already; choose another name, or move it away");
        mine.EnumerateFileSystemInfos().ShouldBeEmpty();
    }
}
