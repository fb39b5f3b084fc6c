using System.Diagnostics;
using System.Text.RegularExpressions;
using Granary.Testing;

namespace Granary.Cli.Tests;

/// <summary>The commands that README.md begins with are those that CI runs.</summary>
public sealed partial class ReadmeCommandsTests(QuickstartRun quickstart) : IDisposable
{
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("Start", "git clone ADDRESS granary && cd granary")]
    [InlineData("From a clone")]
    public void CI_runs_the_commands_of_a_section_in_their_order(string section, params string[] before) =>
        CommandsOf(section).ShouldBe([.. before, .. CommandsOfCI()]);

    [Fact]
    public async Task CI_compares_the_digest_of_the_quickstart()
    {
        var digest = (await quickstart.Outcome).GetProperty("digest").GetString();

        File.ReadAllText(CI).ShouldContain($"digest={digest}\n");
    }

    [Theory]
    [InlineData("echo Digest $digest", "5 passed, 0 failed, 1 skipped", 0)]
    [InlineData("echo Digest $digest; exit 1", "0 passed, 1 failed, 0 skipped", 1)]
    [InlineData("echo Digest 0", "0 passed, 1 failed, 0 skipped", 1)]
    public async Task CI_ends_with_the_line_of_the_tests_or_with_that_of_a_failed_quickstart(string commands, string last, int code)
    {
        if (OperatingSystem.IsWindows()) Assert.Skip("the script needs bash");
        var script = _folder.Write(".ci/run", await File.ReadAllTextAsync(CI));
        var digest = Digest().Match(await File.ReadAllTextAsync(CI)).Groups[1].Value;
        Executable("granary", $"digest={digest}; {commands}");
        Executable("test.sh", """
            [[ "$(ls -A "$HOME")" == quickstart.log && -z "${NUGET_PACKAGES:-}" ]] || exit 7
            echo 5 passed, 0 failed, 1 skipped
            """);

        var start = new ProcessStartInfo("bash", [script]) { RedirectStandardOutput = true, UseShellExecute = false };
        (start.Environment["NUGET_PACKAGES"], start.Environment["TMPDIR"]) = ("elsewhere", _folder.Path);
        using var process = Process.Start(start)!;
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();

        (output.TrimEnd().Split('\n')[^1], process.ExitCode).ShouldBe((last, code));
    }

    private static string CI => Path.Combine(SharedData.RepositoryRoot, ".ci", "run");

    private static IEnumerable<string> CommandsOfCI() =>
        File.ReadLines(CI).Where(l => l.StartsWith("./", StringComparison.Ordinal)).Select(l => l.Split('|', '>')[0].TrimEnd());

    // The indented lines of a section, without their comments. A strategy in C# has a fence instead.
    private static IEnumerable<string> CommandsOf(string section)
    {
        var text = FencedBlock().Replace(File.ReadAllText(Path.Combine(SharedData.RepositoryRoot, "README.md")), "");
        return text.Split($"\n## {section}\n")[1].Split("\n## ")[0].Split('\n').Where(l => l.StartsWith("    ", StringComparison.Ordinal))
            .Select(l => l.Split(" #")[0].Trim());
    }

    private void Executable(string name, string commands)
    {
        if (OperatingSystem.IsWindows()) return;
        File.SetUnixFileMode(_folder.Write(name, "#!/usr/bin/env bash\n" + commands + "\n"),
            UnixFileMode.UserRead | UnixFileMode.UserExecute);
    }

    [GeneratedRegex("(?m)^digest=([0-9a-f]{64})$")]
    private static partial Regex Digest();

    [GeneratedRegex("(?ms)^```.*?^```")]
    private static partial Regex FencedBlock();
}
