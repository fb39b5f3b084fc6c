using System.Diagnostics;
using Granary.Testing;

namespace Granary.Cli.Tests;

/// <summary>The scripts that try a server of docker-compose.yml, run for real where a server is named.</summary>
public sealed class SmokeScriptsTests
{
    [Fact]
    public async Task The_one_of_QuestDB_passes_against_the_server_that_is_named()
    {
        if (Environment.GetEnvironmentVariable("GRANARY_TEST_QUESTDB") is not { Length: > 0 } server)
        {
            Assert.Skip("needs a QuestDB server: name it in GRANARY_TEST_QUESTDB, as questdb://127.0.0.1:9000?pg=8812&ilp=tcp:9009");
            return;
        }
        var (code, output) = await RunAsync(server);
        code.ShouldBe(0, output);
        output.ShouldContain("QuestDB smoke test passed");
    }

    [Fact]
    public async Task The_one_of_QuestDB_fails_where_there_is_no_server()
    {
        var (code, output) = await RunAsync("questdb://127.0.0.1:1?pg=1&timeout=2");
        code.ShouldNotBe(0);
        output.ShouldContain("cannot be reached");
        output.ShouldNotContain("passed");
    }

    private static async Task<(int Code, string Output)> RunAsync(string server)
    {
        if (OperatingSystem.IsWindows()) Assert.Skip("the script needs bash");
        var start = new ProcessStartInfo("bash") { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        start.ArgumentList.Add(Path.Combine(SharedData.RepositoryRoot, "infra", "smoke", "questdb.sh"));
        start.ArgumentList.Add(server);
        start.Environment["GRANARY_DLL"] = Programs.Granary;
        start.Environment["GRANARY_TRIALS"] = GranaryProcess.Trials;
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, await output + await error);
    }
}
