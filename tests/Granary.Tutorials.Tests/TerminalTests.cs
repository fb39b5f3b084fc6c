using System.Globalization;
using Granary.Testing;

namespace Granary.Tutorials.Tests;

/// <summary>The terminal in which pages run, where a page does not end.</summary>
public sealed class TerminalTests
{
    [Fact]
    public async Task Commands_that_do_not_end_are_named_with_their_output_and_end_with_the_terminal()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "looks for processes in /proc");
        var cancel = TestContext.Current.CancellationToken;
        int server;
        await using (var terminal = new Terminal())
        {
            (await terminal.RunAsync("(echo served; exec sleep 3000) > serve.log &\necho $! > server\n", cancel)).ShouldBe(("", ""));
            server = int.Parse(await File.ReadAllTextAsync(Path.Combine(terminal.Folder, "server"), cancel), CultureInfo.InvariantCulture);
            HasEnded(server).ShouldBeFalse();
            const string Endless = "echo waiting\nuntil false; do sleep 1; done";
            var (printed, failed) = await terminal.RunAsync(Endless, cancel, TimeSpan.FromSeconds(3));
            printed.ShouldBe("waiting\n\n== serve.log\nserved");
            failed.ShouldBe($"{Endless} (not ended after 0.05 minutes)");
        }
        await Eventually.HoldsAsync(() => HasEnded(server));
    }

    // A process whose parent has not asked for its code yet has ended too.
    private static bool HasEnded(int process)
    {
        var path = $"/proc/{process}/stat";
        try
        {
            return !File.Exists(path) || File.ReadAllText(path).Split(") ")[1][0] == 'Z';
        }
        catch (IOException)
        {
            return true;
        }
    }
}
